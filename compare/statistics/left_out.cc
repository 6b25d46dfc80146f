#include "compare/statistics/left_out.h"

#include <cmath>

#include "compare/statistics/statistic.h"

namespace warpgauge {
namespace {

// "2", "2 and 5", "2, 5 and 7"
std::string listed(const std::vector<std::size_t>& numbers) {
  std::string text;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i > 0) text += i + 1 == numbers.size() ? " and " : ", ";
    text += std::to_string(numbers[i]);
  }
  return text;
}

// "50 % slower"
std::string by_how_much(double shift) {
  return percent(std::abs(std::expm1(shift))) + (shift > 0 ? " slower" : " faster");
}

}  // namespace

LeftOutWords::LeftOutWords(std::span<const LeftOutUnit> left_out, std::size_t base_units,
                           std::size_t head_units, UnitWords words)
    : left_out_(left_out.begin(), left_out.end()),
      base_units_(base_units),
      head_units_(head_units),
      words_(std::move(words)) {}

// Of blocks head's are all; where head was fast in one, that is told of head.
LeftOutWords::Group LeftOutWords::group(bool head, bool slow) const {
  Group group{head, slow, {}, 0};
  std::vector<double> shifts;
  for (const LeftOutUnit& one : left_out_) {
    if ((one.unit >= base_units_) != head || (one.shift > 0) != slow) continue;
    group.numbers.push_back(one.unit - (head ? base_units_ : 0) + 1);
    shifts.push_back(one.shift);
  }
  if (!shifts.empty()) group.shift = median(shifts);
  return group;
}

std::string LeftOutWords::left_out_note(const Group& group) const {
  const bool one = group.numbers.size() == 1;
  std::string text = (one ? words_.one : words_.many) + " " + listed(group.numbers) + " of ";
  text += are_blocks()
              ? std::to_string(head_units_)
              : (group.head ? "head's " : "base's ") + std::to_string(group.head ? head_units_ : base_units_);
  text += one ? " was left out: " : " were left out: ";
  if (are_blocks())
    return text + "all cases of head together were about " + by_how_much(group.shift) + " in " +
           (one ? "it" : "them") + " than in the others, against base";
  return text + "all " + (one ? "its" : "their") + " cases together were about " + by_how_much(group.shift) +
         " than those of the others";
}

std::size_t LeftOutWords::count_against_head() const {
  return group(true, true).numbers.size() + (are_blocks() ? 0 : group(false, false).numbers.size());
}

// "2 of head's 12 processes, 50 % slower", "1 of 6 blocks, head 11 % slower"
std::string LeftOutWords::those_against_head() const {
  std::string text;
  for (const Group& one : {group(true, true), are_blocks() ? Group() : group(false, false)}) {
    if (one.numbers.empty()) continue;
    if (!text.empty()) text += ", and ";
    text += std::to_string(one.numbers.size()) + " of ";
    if (!are_blocks()) text += one.head ? "head's " : "base's ";
    text += std::to_string(one.head ? head_units_ : base_units_) + " " + words_.many + ", " +
            (are_blocks() ? "head " : "") + by_how_much(one.shift);
  }
  return text;
}

std::string LeftOutWords::withheld_note() const {
  const std::size_t against = count_against_head(), in_favour = left_out_.size() - against;
  const bool one = against == 1;
  const char* side = group(true, true).numbers.empty() ? "base" : "head";
  std::string text = one ? "" : std::string(side) + " may have two speeds: ";
  text += those_against_head() + (one ? ", was left out, and " : ", were left out, and ") +
          (in_favour == 0 ? "none" : std::to_string(in_favour)) +
          " the other way; what is unchanged or better only without " + (one ? "it" : "them") +
          " is called inconclusive";
  if (!one) return text + "; look at what sets these " + words_.many + " apart";
  return text + ", since one of so few may be so by " + side + "'s own doing; with " +
         std::to_string(are_blocks() ? kBlocksOfALoneOne : kUnitsOfALoneOne) + " " + words_.many +
         " one alone is taken for the machine's";
}

std::vector<std::string> LeftOutWords::notes(bool withheld) const {
  std::vector<std::string> notes;
  for (const bool head : {false, true}) {
    for (const bool slow : {true, false}) {
      const Group left_out = group(head, slow);
      if (!left_out.numbers.empty()) notes.push_back(left_out_note(left_out));
    }
  }
  if (withheld) notes.push_back(withheld_note());
  return notes;
}

std::string LeftOutWords::reason(Decided without_left_out, const Effect& effect) const {
  const bool one = count_against_head() == 1;
  return std::string("not decided: ") +
         (without_left_out == Decided::unchanged ? "unchanged" : "an improvement") + " only without " +
         those_against_head() + "; " + signed_percent(effect.with_left_out) + " with " +
         (one ? "it" : "them");
}

}  // namespace warpgauge
