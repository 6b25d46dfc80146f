#include "compare/report/format.h"

#include <fmt/format.h>

#include "compare/report/unit_words.h"

namespace warpgauge {

std::string cell_label(const Cell& cell) {
  return std::holds_alternative<Accepted>(cell.why) ? "accepted" : cell_verdict_name(cell.verdict);
}

std::string value_or_unknown(const SideSummary& side, const std::string& metric) {
  return side.value ? format_value(*side.value, metric) : kUnknown;
}
std::string shown_name(const Cell& cell) {
  return cell.metric.empty() ? cell.name : fmt::format("{} [{}]", cell.name, cell.metric);
}
std::string change_or_unknown(const Cell& cell, const std::string& metric) {
  if (cell.ratio) return format_change(*cell.ratio);
  return cell.difference ? format_difference(*cell.difference, metric) : kUnknown;
}
std::string interval_or_unknown(const Cell& cell) {
  return cell.ci ? format_interval(*cell.ci) : kUnknown;
}

std::string format_counts(const Comparison& comparison) {
  const auto counts = comparison.counts();
  std::string out;
  for (const CellVerdict verdict : kWorstFirst) {
    const std::size_t count = counts[static_cast<std::size_t>(verdict)];
    if (count == 0) continue;
    const bool noun = verdict == CellVerdict::regression || verdict == CellVerdict::improvement;
    out += (out.empty() ? "" : ", ") + std::to_string(count) + " " + cell_verdict_name(verdict) +
           (noun && count != 1 ? "s" : "");
  }
  return out.empty() ? "no cases" : out;
}

std::string format_verdict(const Comparison& comparison) {
  const std::string verdict =
      fmt::format("verdict: {}: {}", run_verdict_name(verdict_of(comparison)), format_counts(comparison));
  if (!comparison.mde) return verdict;
  const std::string mde = "minimum detectable effect (MDE) " + format_mde(*comparison.mde);
  if (!comparison.assumed_deviation) return verdict + "; " + mde;
  return fmt::format("{} (assumed deviation between {}: {}); {}", mde, unit_name(comparison.policy.unit),
                     format_percent(*comparison.assumed_deviation), verdict);
}

}  // namespace warpgauge
