#include "compare/report/format.h"

namespace warpgauge {

std::string value_or_unknown(const SideSummary& side, const std::string& metric) {
  return side.value ? format_value(*side.value, metric) : kUnknown;
}
std::string change_or_unknown(const Cell& cell) {
  return cell.ratio ? format_change(*cell.ratio) : kUnknown;
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
      std::string("verdict: ") + run_verdict_name(comparison.verdict) + ": " + format_counts(comparison);
  if (!comparison.mde) return verdict;
  const std::string mde = "smallest detectable change " + format_mde(*comparison.mde);
  if (!comparison.assumed_deviation) return verdict + "; " + mde;
  return mde + " (" + comparison.policy.unit + " assumed to deviate by " +
         format_percent(*comparison.assumed_deviation) + "); " + verdict;
}

}  // namespace warpgauge
