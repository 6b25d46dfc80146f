#include "compare/report/github.h"

#include "base/escape.h"
#include "compare/report/format.h"
#include "compare/report/note_words.h"
#include "compare/report/why_words.h"

namespace warpgauge {
namespace {

constexpr std::size_t kMostAnnotations = 10;  // of one kind in one step: GitHub shows no more
constexpr std::size_t kLongestName = 200, kLongestWhy = 1000;

std::string annotation(const char* kind, const std::string& title, const std::string& message) {
  return std::string("::") + kind + " title=" + github_property(title) + "::" + github_data(message) + "\n";
}

// nullptr where a case needs nobody's attention.
const char* kind_of(CellVerdict verdict) {
  switch (verdict) {
    case CellVerdict::regression:
    case CellVerdict::failed:
      return "error";
    case CellVerdict::missing:
      return "warning";
    case CellVerdict::errored:
    case CellVerdict::inconclusive:
    case CellVerdict::improvement:
    case CellVerdict::unchanged:
    case CellVerdict::added:
      break;
  }
  return nullptr;
}

}  // namespace

std::string github_annotations(const Comparison& comparison) {
  const RunVerdict verdict = verdict_of(comparison);
  const char* kind = verdict == RunVerdict::pass         ? "notice"
                     : verdict == RunVerdict::regression ? "error"
                                                         : "warning";
  const std::string uniform = first_sentence(comparison);
  const std::string first = uniform.empty() ? "" : uniform + ". ";
  std::string out = annotation(kind, "warpgauge", first + format_verdict(comparison));
  std::size_t listed = 1;
  for (const Cell& cell : comparison.cells) {  // worst first
    const char* cell_kind = kind_of(cell.verdict);
    if (!cell_kind || listed == kMostAnnotations) break;
    const std::string why = why_sentence(cell, comparison.policy);
    const std::string message = shortened(visible(shown_name(cell)), kLongestName) +
                                (why.empty() ? "" : ": " + shortened(visible(why), kLongestWhy));
    out += annotation(cell_kind, cell_verdict_name(cell.verdict), message);
    ++listed;
  }
  return out;
}

}  // namespace warpgauge
