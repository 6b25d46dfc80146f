// A comparison with one case of every verdict.
#pragma once

#include <string>

#include "compare/decide/comparison.h"

namespace warpgauge {

inline Why make_why(const std::string& name, CellVerdict verdict) {
  switch (verdict) {
    case CellVerdict::regression:
    case CellVerdict::improvement:
      return ChangeProved{0.01, {}};
    case CellVerdict::unchanged:
      return SameProved{0.015};
    case CellVerdict::inconclusive:
      return NotProved{};
    case CellVerdict::added:
      return Absent{Side::base};
    case CellVerdict::missing:
      return Absent{Side::head};
    case CellVerdict::errored:
      return Failed{Side::base, "base.json", "because of " + name};
    case CellVerdict::failed:
      break;
  }
  return Failed{Side::head, "head.json", "because of " + name};
}

inline Cell make_cell(const std::string& name, CellVerdict verdict, double ratio) {
  Cell cell;
  cell.name = name;
  cell.verdict = verdict;
  const bool both = verdict != CellVerdict::added && verdict != CellVerdict::missing &&
                    verdict != CellVerdict::errored && verdict != CellVerdict::failed;
  if (both) {
    cell.ratio = ratio;
    cell.ci = {ratio * 0.98, ratio * 1.02};
    cell.base.value = 1e6;
    cell.head.value = 1e6 * ratio;
    cell.units = 3;
    cell.mde = 0.025;
    cell.more_units = 4;
  }
  if (verdict == CellVerdict::regression) cell.reproduce = "bench '--benchmark_filter=^" + name + "$'";
  cell.why = make_why(name, verdict);
  return cell;
}

inline Comparison make_comparison() {
  Comparison comparison;
  comparison.policy.statistic = "q25";
  comparison.mde = 0.025;
  comparison.command = "warpgauge-compare gate --base base.json --head head.json";
  comparison.cells = {
      make_cell("slow", CellVerdict::regression, 1.5),    make_cell("broken", CellVerdict::failed, 1),
      make_cell("gone", CellVerdict::missing, 1),         make_cell("never", CellVerdict::errored, 1),
      make_cell("open", CellVerdict::inconclusive, 1.01), make_cell("fast", CellVerdict::improvement, 0.8),
      make_cell("fresh", CellVerdict::added, 1),          make_cell("same", CellVerdict::unchanged, 1)};
  return comparison;
}

}  // namespace warpgauge
