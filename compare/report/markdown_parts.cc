#include "compare/report/markdown_parts.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/escape.h"
#include "compare/report/format.h"
#include "compare/report/note_words.h"
#include "compare/report/why_words.h"

namespace warpgauge::markdown {
namespace {

constexpr std::size_t kWorst = 10;
constexpr std::size_t kMostDifferences = 20, kMostNotes = 20;

std::string table_head(const Comparison& comparison) {
  const bool several = !comparison.policy.metrics.empty();
  return fmt::format(
      "| verdict | case |{} base | head | change (+ is worse) | 95 % interval "
      "|\n|---|---|{}--:|--:|--:|--:|\n",
      several ? " metric |" : "", several ? "---|" : "");
}

template <class Escape>
std::string bounded(const std::string& text, std::size_t longest, Escape escape) {
  const std::string shown = visible(text);
  std::string out = escape(shown);
  for (std::size_t characters = longest; out.size() > longest; characters = characters * 3 / 4) {
    out = escape(shortened(shown, characters));
  }
  return out;
}

std::string row(const Cell& cell, const AppliedPolicy& policy) {
  const std::string& metric = metric_of(cell, policy);
  const std::string of_metric =
      policy.metrics.empty() ? "" : markdown_cell(code(metric, kLongestName)) + " | ";
  return "| " + cell_label(cell) + " | " + markdown_cell(code(cell.name, kLongestName)) + " | " + of_metric +
         value_or_unknown(cell.base, metric) + " | " + value_or_unknown(cell.head, metric) + " | " +
         change_or_unknown(cell, metric) + " | " + interval_or_unknown(cell) + " |\n";
}

// Why, and how a regression is reproduced.
std::string remark(const Cell& cell, const AppliedPolicy& policy, Sentences how) {
  std::vector<std::string> parts;
  if (const std::string why = why_remark(cell, policy); !why.empty()) parts.push_back(sentence(why, how));
  if (cell.verdict == CellVerdict::regression && !cell.reproduce.empty())
    parts.push_back("run " + code(cell.reproduce, kLongestText));
  return parts.empty()
             ? ""
             : fmt::format("- {}: {}\n", code(shown_name(cell), kLongestName), fmt::join(parts, "; "));
}

}  // namespace

std::string code(const std::string& text, std::size_t longest) {
  return bounded(text, longest, markdown_code);
}

std::string sentence(const std::string& text, Sentences how) {
  return bounded(text, kLongestText, how == Sentences::code ? markdown_code : markdown_text);
}

const char* mark_of(RunVerdict verdict) {
  switch (verdict) {
    case RunVerdict::pass:
      return "✅";
    case RunVerdict::regression:
      return "❌";
    case RunVerdict::undecided:
      break;
  }
  return "❔";
}

std::string worst_cases(const Comparison& comparison, Sentences how) {
  std::string table, remarks;
  std::size_t listed = 0;
  for (const Cell& cell : comparison.cells) {
    if (cell.verdict == CellVerdict::unchanged || cell.verdict == CellVerdict::added || listed == kWorst)
      break;
    table += row(cell, comparison.policy);
    remarks += remark(cell, comparison.policy, how);
    ++listed;
  }
  if (listed == 0) return "";
  return "\n" + table_head(comparison) + table + (remarks.empty() ? "" : "\n" + remarks);
}

std::string environment(const Comparison& comparison) {
  std::string out;
  std::size_t listed = 0;
  for (const ContextDifference& d : comparison.differences) {
    if (listed++ == kMostDifferences) break;
    out += "- " + std::string(d.forbids ? "**other machine**: " : "") + code(d.key, kLongestName) + ": " +
           code(d.base, kLongestName) + " → " + code(d.head, kLongestName) + "\n";
  }
  if (comparison.differences.size() > kMostDifferences) out += "- and more\n";
  return out.empty() ? "" : "\n**Environment differences**\n\n" + out;
}

std::string notes(const Comparison& comparison, Sentences how) {
  std::string out;
  const std::vector<std::string> sentences = note_sentences(comparison);
  for (std::size_t i = 0; i < std::min(sentences.size(), kMostNotes); ++i)
    out += "- " + sentence(sentences[i], how) + "\n";
  if (sentences.size() > kMostNotes) out += fmt::format("- and {} more\n", sentences.size() - kMostNotes);
  return out.empty() ? "" : "\n**Notes**\n\n" + out;
}

std::string full_table(const Comparison& comparison, std::size_t room) {
  const std::string open = "\n<details><summary>all " + std::to_string(comparison.cells.size()) +
                           " cases</summary>\n\n" + table_head(comparison);
  const std::string close = "\n</details>\n";
  constexpr std::size_t kRoomForRest = 80;
  if (comparison.cells.empty() || room < open.size() + close.size() + kRoomForRest) return "";
  room -= open.size() + close.size() + kRoomForRest;
  std::string rows;
  std::size_t listed = 0;
  for (const Cell& cell : comparison.cells) {
    const std::string next = row(cell, comparison.policy);
    if (rows.size() + next.size() > room) break;
    rows += next;
    ++listed;
  }
  const std::size_t left = comparison.cells.size() - listed;
  if (left > 0) rows += "\n" + std::to_string(left) + " more cases are in comparison.json\n";
  return open + rows + close;
}

}  // namespace warpgauge::markdown
