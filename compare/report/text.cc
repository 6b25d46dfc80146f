#include "compare/report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/columns.h"
#include "base/escape.h"
#include "compare/report/format.h"
#include "compare/report/note_words.h"
#include "compare/report/why_words.h"

namespace warpgauge {
namespace {

constexpr std::size_t kUnlimited = std::size_t{1} << 30;  // lines
constexpr std::size_t kMostLinesOfText = 3;               // of a name, a remark, a note

const char* colour_of(CellVerdict verdict) {
  switch (verdict) {
    case CellVerdict::regression:
    case CellVerdict::failed:
      return "\x1b[31m";
    case CellVerdict::missing:
    case CellVerdict::inconclusive:
      return "\x1b[33m";
    case CellVerdict::improvement:
      return "\x1b[32m";
    case CellVerdict::errored:
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
  return "  " + padded_left(change_or_unknown(cell, metric), 8) + " " +
         padded_left(interval_or_unknown(cell), 17) + " " +
         padded_left(value_or_unknown(cell.base, metric), 9) + " " +
         padded_left(value_or_unknown(cell.head, metric), 9);
}

// The first lines of a text; the last one ends with "...".
std::string first_lines(const std::string& text, std::size_t most, const TextStyle& style) {
  if (style.all || line_count(text) <= most) return text;
  std::size_t end = 0;
  for (std::size_t i = 0; i < most; ++i) end = text.find('\n', end) + 1;
  const std::string kept = text.substr(0, end - 1);
  const std::size_t last = kept.rfind('\n') + 1;  // npos + 1 = 0
  const std::size_t room = kColumns - 4;
  const std::string line = kept.substr(last);
  return kept.substr(0, last) + (display_width(line) > room ? shortened(line, room) : line) + " ...\n";
}

std::string row(const Cell& cell, const AppliedPolicy& policy, const TextStyle& style) {
  const std::string name = visible(shown_name(cell));
  std::string line = figures(cell, metric_of(cell, policy));
  const bool fits = display_width(line) + 2 + display_width(name) <= kColumns;
  line = coloured(line, colour_of(cell.verdict), style);
  std::string out = fits ? line + "  " + name + "\n"
                         : line + "\n" + first_lines(wrapped(name, kRemarkIndent), kMostLinesOfText, style);
  out += first_lines(wrapped(visible(why_remark(cell, policy)), kRemarkIndent), kMostLinesOfText, style);
  if (cell.verdict == CellVerdict::regression && !cell.reproduce.empty()) {
    out += std::string(kRemarkIndent, ' ') + "run: " + visible(cell.reproduce) + "\n";
  }
  return out;
}

std::string header(const AppliedPolicy& policy) {
  const std::string metric = policy.metrics.empty() ? visible(policy.metric) : "[metric]";
  return "  " + padded_left("change", 8) + " " + padded_left("95 % interval", 17) + " " +
         padded_left("base", 9) + " " + padded_left("head", 9) + "  case (" + metric + "; + is worse)\n";
}

// The cells of one verdict, the largest change first.
std::vector<const Cell*> cells_of(const Comparison& comparison, CellVerdict verdict) {
  std::vector<const Cell*> cells;
  for (const Cell& cell : comparison.cells)
    if (cell.verdict == verdict) cells.push_back(&cell);
  if (verdict == CellVerdict::improvement) std::ranges::reverse(cells);
  return cells;
}

// What a report holds, and what was left out.
struct Part {
  std::string text;
  std::size_t left_out = 0;
};

// Rows that fit into `room` lines, and a line with the number of those that do not.
Part section(const std::vector<const Cell*>& cells, const AppliedPolicy& policy, const TextStyle& style,
             std::size_t room) {
  Part part;
  std::size_t used = 0, listed = 0;
  for (const Cell* cell : cells) {
    const std::string next = row(*cell, policy, style);
    const std::size_t lines = line_count(next), more = listed + 1 < cells.size() ? 1 : 0;
    if (used + lines + more > room) break;
    part.text += next;
    used += lines;
    ++listed;
  }
  part.left_out = cells.size() - listed;
  if (part.left_out > 0 && listed > 0) part.text += fmt::format("  ... and {} more\n", part.left_out);
  return part;
}

// Every verdict has a line with its count, whatever the room.
Part sections(const Comparison& comparison, const TextStyle& style, std::size_t room) {
  const auto counts = comparison.counts();
  room -= std::min(room, static_cast<std::size_t>(
                             std::ranges::count_if(counts, [](std::size_t count) { return count > 0; })));
  Part part;
  for (const CellVerdict verdict : kWorstFirst) {
    const std::vector<const Cell*> cells = cells_of(comparison, verdict);
    if (cells.empty()) continue;
    const std::string title =
        std::string(cell_verdict_name(verdict)) + " (" + std::to_string(cells.size()) + ")";
    const Part rows = section(cells, comparison.policy, style, room);
    part.text += coloured(title, colour_of(verdict), style) + "\n" + rows.text;
    part.left_out += rows.left_out;
    room -= line_count(rows.text);
  }
  return part;
}

// The paragraphs below the table; those that decide the verdict come first.
std::vector<std::string> paragraphs(const Comparison& comparison, const TextStyle& style) {
  std::vector<std::string> all;
  const auto add = [&](const std::string& text) {
    all.push_back(first_lines(wrapped(visible(text), 0), kMostLinesOfText, style));
  };
  const auto add_differences = [&](bool forbidding) {
    for (const ContextDifference& d : comparison.differences)
      if (d.forbids == forbidding)
        add(std::string(d.forbids ? "other machine: " : "differs: ") + d.key + ": " + d.base + " -> " +
            d.head);
  };
  add_differences(true);
  for (const std::string& note : note_sentences(comparison, style.all ? NoteDetail::all : NoteDetail::folded))
    add("note: " + note);
  add_differences(false);
  const CommonShift& shift = comparison.common_shift;
  if (shift.ratio && shift.ci)
    all.push_back(fmt::format("all cases together{}: {} ({})\n",
                              shift.metric.empty() ? "" : " [" + visible(shift.metric) + "]",
                              format_change(*shift.ratio), format_interval(*shift.ci)));
  return all;
}

// Those that fit into `room` lines.
Part fitting(const std::vector<std::string>& paragraphs, std::size_t room) {
  Part part;
  for (const std::string& one : paragraphs) {
    const std::size_t lines = line_count(one);
    if (part.left_out > 0 || lines > room) {
      ++part.left_out;
      continue;
    }
    part.text += one;
    room -= lines;
  }
  return part;
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
  std::string top = first_lines(wrapped(visible(first_sentence(comparison)), 0), kMostLinesOfText, style);
  if (!top.empty()) top += "\n";
  if (!comparison.cells.empty()) top += header(comparison.policy);
  std::string verdict = wrapped(format_verdict(comparison), 0);
  const std::size_t blank = comparison.cells.empty() && top.empty() ? 0 : 1;
  const std::size_t fixed =
      line_count(top) + blank + line_count(verdict) + 1;  // and the line on what is left out
  const std::size_t room = style.all ? kUnlimited : kMostLines - fixed;

  // The notes get a third of the room at least, and what the rows leave.
  const std::size_t of_rows = std::min(room, line_count(sections(comparison, style, room).text));
  const Part notes =
      fitting(paragraphs(comparison, style), style.all ? kUnlimited : std::max(room / 3, room - of_rows));
  const Part rows = sections(comparison, style, style.all ? kUnlimited : room - line_count(notes.text));
  std::string left_out;
  if (rows.left_out + notes.left_out > 0)
    left_out = fmt::format("{} and {} are not shown; --all shows them, --json has all cases\n",
                           format_count(static_cast<std::int64_t>(rows.left_out), "cases"),
                           format_count(static_cast<std::int64_t>(notes.left_out), "notes"));
  verdict.pop_back();
  return top + rows.text + std::string(blank, '\n') + notes.text + left_out +
         coloured(verdict, colour_of(verdict_of(comparison)), style) + "\n";
}

}  // namespace warpgauge
