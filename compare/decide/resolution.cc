#include "compare/decide/resolution.h"

#include <algorithm>
#include <string_view>

#include "base/quantile.h"

namespace warpgauge {
namespace {

// "NAME/threads:4"; threads:1 is one thread.
bool has_threads(const std::string& raw_name) {
  constexpr std::string_view kKey = "/threads:";
  const std::size_t at = raw_name.find(kKey);
  return at != std::string::npos && raw_name.substr(at + kKey.size()) != "1";
}

// The cycle of the processes that state one. A stored baseline does not.
double cycle_ns(const CasePair& pair) {
  for (const auto* side : {&pair.head, &pair.base})
    for (const MeasuredCase& one : *side)
      if (one.process->context.cycle_ns > 0) return one.process->context.cycle_ns;
  return kShortestCycle_ns;
}

bool is_side_below(const std::vector<MeasuredCase>& side, double resolution) {
  std::size_t measured = 0, below = 0;
  for (const MeasuredCase& one : side) {
    std::vector<double> times;
    for (const Repetition& row : one.measured->repetitions) times.push_back(row.value);
    if (times.empty()) continue;
    ++measured;
    below += median(times) <= resolution;
  }
  return 2 * below > measured;
}

}  // namespace

std::optional<double> resolution_above(const CasePair& pair, const Metric& metric) {
  if (metric.name != "real_time" && metric.name != "cpu_time") return std::nullopt;
  const auto threaded = [](const MeasuredCase& one) { return has_threads(one.measured->raw_name); };
  if (std::ranges::any_of(pair.head, threaded)) return std::nullopt;
  const double resolution = cycle_ns(pair);
  if (!is_side_below(pair.base, resolution) || !is_side_below(pair.head, resolution)) return std::nullopt;
  return resolution;
}

std::optional<note::BelowResolutionCases> below_resolution_cases(const std::vector<Cell>& cells) {
  note::BelowResolutionCases found;
  for (const Cell& cell : cells) {
    const auto* why = std::get_if<BelowResolution>(&cell.why);
    if (!why) continue;
    if (++found.cases == 1) found.resolution_ns = why->resolution_ns;
    if (found.names.size() < kNamesInNote) found.names.push_back(cell.name);
  }
  return found.cases > 0 ? std::optional(std::move(found)) : std::nullopt;
}

}  // namespace warpgauge
