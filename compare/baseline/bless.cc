#include "compare/baseline/bless.h"

#include <algorithm>
#include <stdexcept>

#include "base/diagnostic.h"

namespace warpgauge {
namespace {

BaselineEvent event_of(std::string action, std::vector<std::string> cases, std::string reason,
                       const BaselineRound& round) {
  return {std::move(action), std::move(cases), std::move(reason), round.date, round.commit};
}

// Names may hold '=' themselves: the split is the one whose left side is a case of the baseline.
std::pair<std::string, std::string> split_rename(const std::string& text, const Baseline& baseline) {
  for (std::size_t at = text.find('='); at != std::string::npos; at = text.find('=', at + 1)) {
    if (baseline.cases.contains(text.substr(0, at))) return {text.substr(0, at), text.substr(at + 1)};
  }
  throw std::invalid_argument("--rename '" + printable(text) +
                              "': no such case in the baseline; it takes OLD=NEW");
}

void rename(Baseline& baseline, const std::string& text, const std::string& reason,
            const BaselineRound& round) {
  const auto [from, to] = split_rename(text, baseline);
  if (to.empty() || baseline.cases.contains(to)) {
    throw std::invalid_argument(
        "--rename '" + printable(text) + "': the new name is " +
        (to.empty() ? "empty" : "a case of the baseline already; remove that one first"));
  }
  auto entry = baseline.cases.extract(from);
  entry.key() = to;
  baseline.cases.insert(std::move(entry));
  baseline.history.push_back(event_of("rename", {from, to}, reason, round));
}

std::vector<std::string> matching(const Baseline& baseline, const NameFilter& filter, const char* flag) {
  std::vector<std::string> names;
  for (const auto& [name, numbers] : baseline.cases) {
    if (filter.keeps(name)) names.push_back(name);
  }
  if (names.empty())
    throw std::invalid_argument(std::string(flag) + " matches no case of the baseline; check the expression");
  return names;
}

void take_out(Baseline& baseline, const std::vector<std::string>& names, const char* action,
              const std::string& reason, const BaselineRound& round) {
  for (const std::string& name : names) baseline.cases.erase(name);
  baseline.history.push_back(event_of(action, names, reason, round));
}

bool counts(const std::optional<double>& number) {
  return number.has_value();
}

// Rounds that count for no case any more, then cases that no round counts for any more.
void drop_what_is_empty(Baseline& baseline, const BaselineRound& now) {
  for (std::size_t i = baseline.rounds.size(); i-- > 0;) {
    const bool used = std::any_of(baseline.cases.begin(), baseline.cases.end(),
                                  [i](const auto& entry) { return counts(entry.second[i]); });
    if (used && baseline.rounds.size() <= kMaxRounds) continue;
    if (used && i > 0) continue;  // too many: only the oldest goes
    baseline.rounds.erase(baseline.rounds.begin() + static_cast<std::ptrdiff_t>(i));
    for (auto& [name, numbers] : baseline.cases)
      numbers.erase(numbers.begin() + static_cast<std::ptrdiff_t>(i));
  }
  std::vector<std::string> gone;
  for (const auto& [name, numbers] : baseline.cases) {
    if (std::none_of(numbers.begin(), numbers.end(), counts)) gone.push_back(name);
  }
  if (gone.empty()) return;
  take_out(baseline, gone, "remove", "not measured in the last " + std::to_string(kMaxRounds) + " rounds",
           now);
}

}  // namespace

void edit_baseline(Baseline& baseline, const BlessEdits& edits, const std::set<std::string>& measured,
                   const BaselineRound& round) {
  for (const std::string& text : edits.renames) rename(baseline, text, edits.reason, round);
  if (edits.remove) {
    const auto names = matching(baseline, *edits.remove, "--remove");
    for (const std::string& name : names) {
      if (measured.contains(name)) {
        throw std::invalid_argument("--remove matches '" + printable(name) +
                                    "', which head still measures; use --accept to restart it");
      }
    }
    take_out(baseline, names, "remove", edits.reason, round);
  }
  if (edits.accept) {
    const auto names = matching(baseline, *edits.accept, "--accept");
    for (const std::string& name : names) {
      if (!measured.contains(name)) {
        throw std::invalid_argument("--accept matches '" + printable(name) +
                                    "', which head does not measure; use --remove");
      }
    }
    take_out(baseline, names, "accept", edits.reason, round);
  }
}

void add_round(Baseline& baseline, const BaselineRound& round, const Comparison& comparison) {
  for (auto& [name, numbers] : baseline.cases) numbers.push_back(std::nullopt);
  baseline.rounds.push_back(round);
  std::vector<std::string> tightened;
  for (const Cell& cell : comparison.cells) {
    if (!cell.head.value) continue;
    auto& numbers = baseline.cases[cell.name];
    if (cell.verdict == CellVerdict::improvement) {
      std::fill(numbers.begin(), numbers.end(), std::nullopt);
      tightened.push_back(cell.name);
    }
    numbers.resize(baseline.rounds.size());
    numbers.back() = cell.head.value;
  }
  if (!tightened.empty()) {
    std::sort(tightened.begin(), tightened.end());
    baseline.history.push_back(event_of("tighten", tightened, "confirmed improvement", round));
  }
  drop_what_is_empty(baseline, round);
}

}  // namespace warpgauge
