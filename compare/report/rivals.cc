#include "compare/report/rivals.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/columns.h"
#include "base/escape.h"
#include "base/number_format.h"
#include "compare/report/note_words.h"

namespace warpgauge {
namespace {

constexpr std::size_t kMostUnpaired = 3;           // of cases without a rival, in a note
constexpr std::size_t kMostRivalAnnotations = 10;  // of one kind in one step: GitHub shows no more
constexpr std::size_t kMostRivalRows = 400;        // of a Markdown table: GitHub cuts a comment at 64 KiB

std::string ratio_text(double ratio) {
  return fmt::format("{:.3f}", ratio);
}

std::string ratio_interval(const std::array<double, 2>& ratios) {
  return fmt::format("{:.3f} .. {:.3f}", ratios[0], ratios[1]);
}

const char* colour_of(RivalVerdict verdict) {
  switch (verdict) {
    case RivalVerdict::win:
      return "\x1b[32m";
    case RivalVerdict::loss:
      return "\x1b[31m";
    case RivalVerdict::undecided:
      break;
  }
  return "\x1b[33m";
}

// "no peer for 3 cases: a, b and c"; empty if there are none.
std::string unpaired_words(const std::vector<std::string>& names, const char* what) {
  if (names.empty()) return "";
  std::vector<std::string> shown(
      names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kMostUnpaired)));
  const std::string more =
      names.size() > shown.size() ? fmt::format(" and {} more", names.size() - shown.size()) : "";
  return fmt::format("{} {}: {}{}", what, format_count(std::ssize(names), "cases"),
                     more.empty() ? format_list(shown) : fmt::format("{}", fmt::join(shown, ", ")), more);
}

std::vector<std::string> rival_notes(const Rivals& rivals) {
  AppliedPolicy policy;
  policy.metric = rivals.metric;
  std::vector<std::string> notes;
  for (const ContextDifference& one : rivals.differences)
    notes.push_back(
        fmt::format("{}{}: {}", one.forbids ? "other machine: " : "differs: ", one.key, one.head));
  for (const RivalFailure& one : rivals.failures)
    notes.push_back(fmt::format("{} failed in {}: {}", one.name, one.file, one.message));
  for (const Note& note : rivals.notes) notes.push_back(note_sentence(note, policy));
  for (std::string words : {unpaired_words(rivals.only_ours, "no peer for"),
                            unpaired_words(rivals.only_peers, "none of ours for")})
    if (!words.empty()) notes.push_back(std::move(words));
  if (rivals.assumed_deviation)
    notes.push_back(
        fmt::format("fewer than 3 processes: a deviation of {} between processes is assumed; give "
                    "the files of 3 processes or more",
                    format_percent(*rivals.assumed_deviation)));
  return notes;
}

std::string worst_line(const Rivals& rivals) {
  const RivalCase& worst = rivals.cases.front();
  return fmt::format("worst case: {} ({}) against {}: {}", ratio_text(worst.ratio), ratio_interval(worst.ci),
                     worst.peer.kernel, worst.name);
}

std::string table_row(const RivalCase& one, const std::string& metric, std::size_t width, bool colour) {
  const std::string verdict = padded_right(rival_verdict_name(one.verdict), 9);
  return fmt::format("  {}  {}  {}  {}  {}  {}  {}\n", padded_left(ratio_text(one.ratio), 6),
                     padded_left(ratio_interval(one.ci), 16),
                     padded_left(format_value(one.ours.value, metric), 9),
                     padded_left(format_value(one.peer.value, metric), 9),
                     colour ? colour_of(one.verdict) + verdict + "\x1b[0m" : verdict,
                     padded_right(visible(one.peer.kernel), width), visible(one.name));
}

std::string xml_attribute(const char* name, const std::string& value) {
  return fmt::format(" {}=\"{}\"", name, xml_text(value));
}

std::string case_words(const RivalCase& one, const std::string& metric) {
  return fmt::format("{} of {} over {} of {}: ratio {} ({}), Cliff's delta {:.2f}",
                     format_value(one.ours.value, metric), one.ours.kernel,
                     format_value(one.peer.value, metric), one.peer.kernel, ratio_text(one.ratio),
                     ratio_interval(one.ci), one.cliffs_delta);
}

}  // namespace

std::string rivals_line(const Rivals& rivals) {
  if (rivals.cases.empty()) return "no case has both a kernel of ours and a peer; check --ours and --peers";
  return fmt::format("geometric mean {} ({}) over {}: {}, {}, {} undecided", ratio_text(rivals.ratio),
                     ratio_interval(rivals.ci), format_count(std::ssize(rivals.cases), "cases"),
                     format_count(static_cast<std::int64_t>(rivals.count(RivalVerdict::win)), "wins"),
                     rivals.count(RivalVerdict::loss) == 1
                         ? "1 loss"
                         : fmt::format("{} losses", rivals.count(RivalVerdict::loss)),
                     rivals.count(RivalVerdict::undecided));
}

std::string rivals_text(const Rivals& rivals, bool colour) {
  std::string out;
  if (!rivals.cases.empty()) {
    std::size_t width = std::string_view("best peer").size();
    for (const RivalCase& one : rivals.cases)
      width = std::max(width, display_width(visible(one.peer.kernel)));
    out += fmt::format("  {}  {}  {}  {}  {}  {}  case ({}; < 1 is faster)\n", padded_left("ratio", 6),
                       padded_left("95 % interval", 16), padded_left("ours", 9), padded_left("peer", 9),
                       padded_right("verdict", 9), padded_right("best peer", width), visible(rivals.metric));
    for (const RivalCase& one : rivals.cases) out += table_row(one, rivals.metric, width, colour);
    out += "\n";
  }
  for (const std::string& note : rival_notes(rivals)) out += wrapped(visible("note: " + note), 0);
  if (!rivals.cases.empty()) out += wrapped(visible(worst_line(rivals)), 0);
  return out + wrapped(rivals_line(rivals), 0);
}

std::string rivals_markdown(const Rivals& rivals) {
  std::string out = "### " + markdown_text(rivals_line(rivals)) + "\n";
  if (!rivals.cases.empty()) {
    out += "\n" + markdown_text(worst_line(rivals)) + "\n\n";
    out +=
        "| ratio | 95 % interval | ours | peer | verdict | best peer | case "
        "|\n|--:|--:|--:|--:|---|---|---|\n";
  }
  std::size_t listed = 0;
  for (const RivalCase& one : rivals.cases) {
    if (listed++ == kMostRivalRows) break;
    out += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", ratio_text(one.ratio),
                       ratio_interval(one.ci), format_value(one.ours.value, rivals.metric),
                       format_value(one.peer.value, rivals.metric), rival_verdict_name(one.verdict),
                       markdown_cell(markdown_code(one.peer.kernel)), markdown_cell(markdown_code(one.name)));
  }
  if (rivals.cases.size() > kMostRivalRows)
    out += fmt::format("\nand {} more, with smaller ratios\n", rivals.cases.size() - kMostRivalRows);
  const std::vector<std::string> notes = rival_notes(rivals);
  if (!notes.empty()) out += "\n**Notes**\n\n";
  for (const std::string& note : notes) out += "- " + markdown_text(note) + "\n";
  if (!rivals.command.empty()) out += "\nmade by " + markdown_code(rivals.command) + "\n";
  return out;
}

std::string rivals_junit(const Rivals& rivals) {
  const auto failed =
      static_cast<std::size_t>(std::ranges::count_if(rivals.failures, &RivalFailure::is_ours));
  const std::string totals =
      xml_attribute("tests", fmt::format("{}", rivals.cases.size() + failed)) +
      xml_attribute("failures", fmt::format("{}", rivals.count(RivalVerdict::loss) + failed)) +
      xml_attribute("errors", "0") +
      xml_attribute("skipped", fmt::format("{}", rivals.count(RivalVerdict::undecided)));
  std::string out =
      fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites{0}>\n<testsuite{1}{0}>\n", totals,
                  xml_attribute("name", "warpgauge-compare rivals"));
  const auto add = [&](const std::string& name, const char* element, const std::string& message) {
    const std::string head =
        "  <testcase" + xml_attribute("classname", "rivals") + xml_attribute("name", name);
    out += element == nullptr
               ? head + "/>\n"
               : fmt::format("{}><{}{}/></testcase>\n", head, element, xml_attribute("message", message));
  };
  for (const RivalCase& one : rivals.cases)
    add(one.name,
        one.verdict == RivalVerdict::loss        ? "failure"
        : one.verdict == RivalVerdict::undecided ? "skipped"
                                                 : nullptr,
        fmt::format("{}: {}", rival_verdict_name(one.verdict), case_words(one, rivals.metric)));
  for (const RivalFailure& one : rivals.failures)
    if (one.is_ours) add(one.name, "failure", fmt::format("failed in {}: {}", one.file, one.message));
  return out + "  <system-out>" + xml_text(rivals_line(rivals)) +
         "</system-out>\n</testsuite>\n</testsuites>\n";
}

std::string rivals_annotations(const Rivals& rivals) {
  const int code = exit_code_of(rivals);
  const auto annotation = [](const char* kind, const std::string& title, const std::string& message) {
    return fmt::format("::{} title={}::{}\n", kind, github_property(title), github_data(message));
  };
  std::string out = annotation(code == 0   ? "notice"
                               : code == 1 ? "error"
                                           : "warning",
                               "warpgauge rivals", rivals_line(rivals));
  std::size_t listed = 1;
  for (const RivalCase& one : rivals.cases) {
    if (one.verdict != RivalVerdict::loss || listed++ == kMostRivalAnnotations) continue;
    out += annotation("error", "loss",
                      shortened(visible(one.name), 200) + ": " + case_words(one, rivals.metric));
  }
  return out;
}

}  // namespace warpgauge
