#include "compare/report/junit.h"

#include "base/escape.h"
#include "compare/report/format.h"
#include "compare/report/note_words.h"
#include "compare/report/why_words.h"

namespace warpgauge {
namespace {

// The element inside a testcase; nullptr where the case passes.
const char* element_of(CellVerdict verdict) {
  switch (verdict) {
    case CellVerdict::regression:
    case CellVerdict::failed:
      return "failure";
    case CellVerdict::missing:
      return "error";
    case CellVerdict::errored:
    case CellVerdict::inconclusive:
      return "skipped";
    case CellVerdict::improvement:
    case CellVerdict::unchanged:
    case CellVerdict::added:
      break;
  }
  return nullptr;
}

std::string attribute(const char* name, const std::string& value) {
  return std::string(" ") + name + "=\"" + xml_text(value) + "\"";
}

std::string testcase(const Cell& cell, const AppliedPolicy& policy) {
  const std::string head =
      "  <testcase" + attribute("classname", "compare") + attribute("name", shown_name(cell));
  const char* element = element_of(cell.verdict);
  if (!element) return head + "/>\n";
  const std::string why = why_sentence(cell, policy);
  const std::string message = cell_verdict_name(cell.verdict) + (why.empty() ? "" : ": " + why);
  std::string body = std::string("<") + element + attribute("message", message);
  if (!cell.reproduce.empty() && cell.verdict == CellVerdict::regression) {
    body += ">" + xml_text("run: " + cell.reproduce) + "</" + element + ">";
  } else {
    body += "/>";
  }
  return head + ">" + body + "</testcase>\n";
}

}  // namespace

std::string junit_report(const Comparison& comparison) {
  const auto counts = comparison.counts();
  const auto count = [&](CellVerdict verdict) { return counts[static_cast<std::size_t>(verdict)]; };
  const std::string totals =
      attribute("tests", std::to_string(comparison.cells.size())) +
      attribute("failures", std::to_string(count(CellVerdict::regression) + count(CellVerdict::failed))) +
      attribute("errors", std::to_string(count(CellVerdict::missing))) +
      attribute("skipped", std::to_string(count(CellVerdict::inconclusive) + count(CellVerdict::errored)));
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + totals + ">\n<testsuite" +
                    attribute("name", "warpgauge-compare") + totals + ">\n";
  for (const Cell& cell : comparison.cells) out += testcase(cell, comparison.policy);
  const std::string first = first_sentence(comparison);
  return out + "  <system-out>" + xml_text((first.empty() ? "" : first + "\n") + format_verdict(comparison)) +
         "</system-out>\n</testsuite>\n</testsuites>\n";
}

}  // namespace warpgauge
