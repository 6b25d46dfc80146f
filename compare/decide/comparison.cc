#include "compare/decide/comparison.h"

#include <algorithm>
#include <tuple>

namespace warpgauge {

const char* cell_verdict_name(CellVerdict verdict) {
  static constexpr std::array<const char*, kCellVerdicts> kNames = {
      "regression", "improvement", "unchanged", "inconclusive", "new", "missing", "errored", "failed"};
  return kNames[static_cast<std::size_t>(verdict)];
}

const char* run_verdict_name(RunVerdict verdict) {
  static constexpr std::array<const char*, 3> kNames = {"pass", "regression", "undecided"};
  return kNames[static_cast<std::size_t>(verdict)];
}

std::array<std::size_t, kCellVerdicts> Comparison::counts() const {
  std::array<std::size_t, kCellVerdicts> counts{};
  for (const Cell& cell : cells) ++counts[static_cast<std::size_t>(cell.verdict)];
  return counts;
}

RunVerdict verdict_of(const Comparison& comparison) {
  const bool unusable = std::ranges::count(comparison.hindrances, Hindrance::head_unusable) > 0;
  if (unusable || comparison.count(CellVerdict::regression) + comparison.count(CellVerdict::failed) > 0)
    return RunVerdict::regression;
  return comparison.hindrances.empty() ? RunVerdict::pass : RunVerdict::undecided;
}

int exit_code_of(RunVerdict verdict) {
  switch (verdict) {
    case RunVerdict::pass:
      return 0;
    case RunVerdict::regression:
      return 1;
    case RunVerdict::undecided:
      break;
  }
  return 4;
}

void sort_worst_first(std::vector<Cell>& cells) {
  const auto rank = [](const Cell& cell) {
    const auto place = std::find(kWorstFirst.begin(), kWorstFirst.end(), cell.verdict) - kWorstFirst.begin();
    return std::make_tuple(place, -cell.ratio.value_or(0.0), std::string_view(cell.name),
                           std::string_view(cell.metric));
  };
  std::sort(cells.begin(), cells.end(), [&](const Cell& a, const Cell& b) { return rank(a) < rank(b); });
}

}  // namespace warpgauge
