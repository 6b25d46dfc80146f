#include "compare/report/text.h"

#include <algorithm>

#include "base/columns.h"
#include "base/escape.h"
#include "compare/report/format.h"
#include "compare/report/note_words.h"
#include "compare/report/why_words.h"

namespace warpgauge {
namespace {

constexpr std::size_t kMostQuietRows = 200;  // unchanged and new cases listed: nobody reads thousands

const char* colour_of(CellVerdict verdict) {
  switch (verdict) {
    case CellVerdict::regression:
    case CellVerdict::failed:
      return "\x1b[31m";
    case CellVerdict::missing:
    case CellVerdict::errored:
    case CellVerdict::inconclusive:
      return "\x1b[33m";
    case CellVerdict::improvement:
      return "\x1b[32m";
    case CellVerdict::added:
    case CellVerdict::unchanged:
      break;
  }
  return "";
}

std::string coloured(const std::string& text, const char* colour, const TextStyle& style) {
  return style.colour && *colour ? colour + text + "\x1b[0m" : text;
}

constexpr std::size_t kRemarkIndent = 6;

std::string figures(const Cell& cell, const std::string& metric) {
  return "  " + padded_left(change_or_unknown(cell), 8) + " " + padded_left(interval_or_unknown(cell), 17) +
         " " + padded_left(value_or_unknown(cell.base, metric), 9) + " " +
         padded_left(value_or_unknown(cell.head, metric), 9);
}

std::string row(const Cell& cell, const AppliedPolicy& policy, const TextStyle& style) {
  const std::string name = visible(cell.name);
  std::string line = figures(cell, policy.metric);
  const bool fits = display_width(line) + 2 + display_width(name) <= kColumns;
  line = coloured(line, colour_of(cell.verdict), style);
  std::string out = fits ? line + "  " + name + "\n" : line + "\n" + wrapped(name, kRemarkIndent);
  out += wrapped(visible(why_remark(cell, policy)), kRemarkIndent);
  if (cell.verdict == CellVerdict::regression && !cell.reproduce.empty()) {
    out += std::string(kRemarkIndent, ' ') + "run: " + visible(cell.reproduce) + "\n";
  }
  return out;
}

std::string header(const std::string& metric) {
  return "  " + padded_left("change", 8) + " " + padded_left("95 % interval", 17) + " " +
         padded_left("base", 9) + " " + padded_left("head", 9) + "  case (" + visible(metric) +
         "; + is worse)\n";
}

std::string section(const Comparison& comparison, CellVerdict verdict, const TextStyle& style) {
  const bool quiet = verdict == CellVerdict::unchanged || verdict == CellVerdict::added;
  std::string rows;
  std::size_t count = 0, listed = 0;
  for (const Cell& cell : comparison.cells) {
    if (cell.verdict != verdict) continue;
    ++count;
    if (quiet && listed == kMostQuietRows) continue;
    rows += row(cell, comparison.policy, style);
    ++listed;
  }
  if (count == 0) return "";
  if (listed < count) rows += "  ... and " + std::to_string(count - listed) + " more; --json lists all\n";
  const std::string title = std::string(cell_verdict_name(verdict)) + " (" + std::to_string(count) + ")";
  return coloured(title, colour_of(verdict), style) + "\n" + rows;
}

std::string context_lines(const Comparison& comparison) {
  std::string out;
  for (const ContextDifference& d : comparison.differences) {
    out += wrapped(visible(std::string(d.forbids ? "other machine: " : "differs: ") + d.key + ": " + d.base +
                           " -> " + d.head),
                   0);
  }
  for (const std::string& note : note_sentences(comparison)) out += wrapped(visible("note: " + note), 0);
  if (comparison.common_shift.ratio && comparison.common_shift.ci) {
    out += "all cases together: " + format_change(*comparison.common_shift.ratio) + " (" +
           format_interval(*comparison.common_shift.ci) + ")\n";
  }
  return out;
}

const char* colour_of(RunVerdict verdict) {
  switch (verdict) {
    case RunVerdict::pass:
      return "\x1b[1;32m";
    case RunVerdict::regression:
      return "\x1b[1;31m";
    case RunVerdict::undecided:
      break;
  }
  return "\x1b[1;33m";
}

}  // namespace

std::string text_report(const Comparison& comparison, const TextStyle& style) {
  std::string out = wrapped(visible(first_sentence(comparison)), 0);
  if (!out.empty()) out += "\n";
  if (!comparison.cells.empty()) out += header(comparison.policy.metric);
  for (const CellVerdict verdict : kWorstFirst) out += section(comparison, verdict, style);
  const std::string context = context_lines(comparison);
  if (!out.empty()) out += "\n";
  std::string verdict = wrapped(format_verdict(comparison), 0);
  verdict.pop_back();
  return out + context + coloured(verdict, colour_of(verdict_of(comparison)), style) + "\n";
}

}  // namespace warpgauge
