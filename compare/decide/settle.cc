#include "compare/decide/settle.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace warpgauge {
namespace {

bool has(const Comparison& comparison, Hindrance hindrance) {
  return std::ranges::count(comparison.hindrances, hindrance) > 0;
}

// Whether the cells still show what hindered. A hindrance that does not follow from cells stays.
bool still_hinders(Hindrance hindrance, const Comparison& merged) {
  switch (hindrance) {
    case Hindrance::cases_missing:
      return merged.count(CellVerdict::missing) > 0;
    case Hindrance::exact_varies:
      return std::ranges::any_of(
          merged.cells, [](const Cell& cell) { return std::holds_alternative<ExactVaries>(cell.why); });
    case Hindrance::strict_inconclusive:
      return merged.count(CellVerdict::inconclusive) > 0;
    default:
      return true;
  }
}

bool is_open(const Cell& cell, const std::set<std::string>& in_base) {
  return cell.verdict == CellVerdict::regression || cell.verdict == CellVerdict::inconclusive ||
         (cell.verdict == CellVerdict::added && in_base.contains(cell.name));
}

// A change from 0 has no ratio.
double size_of(const Cell& cell) {
  return cell.ratio ? std::max(*cell.ratio, 1 / *cell.ratio) : HUGE_VAL;
}

// A case has a cell per metric.
void add_once(std::vector<std::string>& names, const std::string& name) {
  if (std::ranges::find(names, name) == names.end()) names.push_back(name);
}

}  // namespace

std::vector<std::string> open_cases(const Comparison& with_baseline, const std::set<std::string>& in_base) {
  std::vector<std::string> names;
  for (const Cell& cell : with_baseline.cells) {
    if (is_open(cell, in_base)) add_once(names, cell.name);
  }
  return names;
}

Comparison settled(const Comparison& with_baseline, const std::optional<Comparison>& ab_run) {
  Comparison merged = ab_run.value_or(with_baseline);
  merged.baseline_context = with_baseline.base_context;
  if (!ab_run) return merged;

  std::map<std::pair<std::string, std::string>, const Cell*> decided;
  for (const Cell& cell : ab_run->cells) decided.emplace(std::pair(cell.name, cell.metric), &cell);
  merged.cells = with_baseline.cells;
  std::size_t by_run = 0;
  for (Cell& cell : merged.cells) {
    const auto found = decided.find({cell.name, cell.metric});
    if (found == decided.end()) continue;
    cell = *found->second;
    ++by_run;
  }
  sort_worst_first(merged.cells);

  merged.hindrances.clear();
  for (const Hindrance hindrance : kHindrances) {
    if ((has(*ab_run, hindrance) || has(with_baseline, hindrance)) && still_hinders(hindrance, merged))
      merged.hindrances.push_back(hindrance);
  }
  merged.notes.insert(merged.notes.end(), with_baseline.notes.begin(), with_baseline.notes.end());
  merged.metric_notes.insert(merged.metric_notes.end(), with_baseline.metric_notes.begin(),
                             with_baseline.metric_notes.end());
  const auto all = static_cast<std::int64_t>(merged.cells.size());
  merged.notes.push_back(note::Settled{all - static_cast<std::int64_t>(by_run), all});
  return merged;
}

std::vector<std::string> changed_most(const Comparison& comparison, std::size_t most) {
  std::vector<const Cell*> changed;
  for (const Cell& cell : comparison.cells) {
    const bool proved = cell.verdict == CellVerdict::regression || cell.verdict == CellVerdict::improvement;
    if (proved && (cell.ratio || cell.difference)) changed.push_back(&cell);
  }
  std::ranges::stable_sort(changed, [](const Cell* a, const Cell* b) {
    if (a->verdict != b->verdict) return a->verdict == CellVerdict::regression;
    return size_of(*a) > size_of(*b);
  });
  std::vector<std::string> names;
  for (const Cell* cell : changed) {
    if (names.size() < most) add_once(names, cell->name);
  }
  return names;
}

SettlingRun settling_run(const Comparison& comparison, const AbPlan& plan) {
  SettlingRun run{.cases = {}, .blocks = plan.first_blocks};
  for (const Cell& cell : comparison.cells) {
    if (cell.verdict != CellVerdict::inconclusive) continue;
    add_once(run.cases, cell.name);
    if (comparison.policy.unit != Unit::process) continue;
    const std::int64_t more = cell.more_units.value_or(0);
    const std::int64_t blocks = more == 0 ? plan.max_blocks + 1 : (cell.units.value_or(0) + more + 1) / 2;
    run.may_leave_some |= blocks > plan.max_blocks;
    run.blocks = std::max(run.blocks, static_cast<int>(std::min<std::int64_t>(blocks, plan.max_blocks)));
  }
  return run;
}

}  // namespace warpgauge
