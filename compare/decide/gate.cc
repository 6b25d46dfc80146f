#include "compare/decide/gate.h"

#include <algorithm>
#include <cmath>

#include "base/quantile.h"
#include "compare/decide/assemble.h"
#include "compare/decide/failed_cases.h"
#include "compare/decide/measuring_noise.h"
#include "compare/decide/round_numbers.h"
#include "compare/decide/rounds.h"
#include "compare/decide/sample_counts.h"
#include "compare/statistics/two_sample_rule.h"

namespace warpgauge {
namespace {

// If any case runs on the CPU, the CPU's assumed deviation applies to the whole file.
bool is_gpu(const ResultSet& results) {
  bool gpu = false;
  for (const Process& process : results.processes) {
    for (const auto* identity : {&process.context.identity, &process.context.derived_identity}) {
      gpu = gpu || std::ranges::any_of(*identity, [](const auto& entry) {
              return entry.first.starts_with("gpu") || entry.first.starts_with("device");
            });
    }
    for (const Case& one : process.cases)
      if (one.name.starts_with("cpu/") || one.name.starts_with("simt/")) return false;
  }
  return gpu;
}

double assumed_deviation(const ResultSet& head, const GateOptions& options) {
  return options.process_cv.value_or(is_gpu(head) ? kAssumedGpuDeviation : kAssumedCpuDeviation);
}

bool has_aggregates(const ResultSet& results) {
  return std::ranges::any_of(results.processes, [](const Process& process) {
    return std::ranges::any_of(process.cases, &Case::aggregate_only);
  });
}

bool all_fingerprinted(const ResultSet& results) {
  return std::ranges::all_of(results.processes,
                             [](const Process& process) { return process.context.fingerprinted; });
}

double alpha_of(const GateOptions& options) {
  return options.policy.alpha.value_or(kAlpha);
}

// Median over median: one bad process must not show a shared processor.
double log_change(const CaseNumbers& numbers) {
  const auto middle = [](std::vector<double> of_side) {
    std::erase_if(of_side, [](double one) { return std::isnan(one); });
    return median(of_side);
  };
  return middle(numbers.head.processes) - middle(numbers.base.processes);
}

// `head`: its number of each unit.
TwoSampleCase two_sample_case(const CasePair& pair, std::vector<double> head, const Metric& metric) {
  TwoSampleCase one;
  one.base = pair.numbers.base.processes;
  one.head = std::move(head);
  one.scale = pair.numbers.scale;
  one.margins = pair.margins;
  one.limits = pair.limits;
  if (one.scale == NumberScale::log) one.stated = stated_noise(pair, log_change(pair.numbers), metric);
  return one;
}

std::vector<Outcome> decide_processes(std::span<const JudgedCases> judged,
                                      std::span<const MetricSides> metrics, const TwoSampleOptions& options) {
  std::vector<MetricCases> cases(judged.size());
  for (std::size_t m = 0; m < judged.size(); ++m)
    for (const CasePair* pair : judged[m])
      cases[m].push_back(two_sample_case(*pair, pair->numbers.head.processes, metrics[m].metric));
  return decide_unpaired(cases, options);
}

// The units are rounds: head's processes are grouped into rounds.
std::vector<Outcome> decide_rounds(std::span<const JudgedCases> judged, std::span<const StoredMetric> stored,
                                   const TwoSampleOptions& options) {
  std::vector<MetricCases> cases(judged.size());
  for (std::size_t m = 0; m < judged.size(); ++m) {
    const RoundPlaces rounds = rounds_of(stored[m].head);
    for (const CasePair* pair : judged[m]) {
      const auto fresh = by_round(pair->numbers.head.processes, rounds);
      TwoSampleCase& one =
          cases[m].emplace_back(two_sample_case(*pair, round_numbers(fresh), stored[m].stored.metric));
      if (one.scale != NumberScale::log) continue;
      one.spread = round_spread(fresh);
      one.history = stored[m].stored.history.at(pair->name);
    }
  }
  std::vector<Outcome> outcomes = decide_against_baseline(cases, options);
  for (std::size_t m = 0; m < outcomes.size(); ++m) {
    std::vector<std::size_t>& places = outcomes[m].excluded_places.head;
    places = processes_of(places, rounds_of(stored[m].head));
  }
  return outcomes;
}

std::vector<std::string> names_of(const JudgedCases& judged) {
  std::vector<std::string> names;
  for (const CasePair* pair : judged) names.push_back(pair->name);
  return names;
}

// The numbers of a case whose sides were both measured.
MetricLayer measured_layer(const MetricSides& sides, const GateOptions& options) {
  MetricLayer layer{.plan = {sides.metric, options.statistic.value_or(default_statistic(sides.head)),
                             is_exact(sides.metric, options.policy, {&sides.base, &sides.head})},
                    .base = &sides.base,
                    .head = &sides.head,
                    .numbers = {}};
  layer.numbers = [&sides, plan = layer.plan](const CasePair& pair, const ExcludedPlaces& excluded) {
    return numbers_of(exclude_processes(pair, sides.base, sides.head, excluded), sides.base, sides.head,
                      plan);
  };
  return layer;
}

std::vector<MetricLayer> measured_layers(std::span<const MetricSides> metrics, const GateOptions& options) {
  std::vector<MetricLayer> layers;
  for (const MetricSides& sides : metrics) layers.push_back(measured_layer(sides, options));
  return layers;
}

// Base's numbers are stored, head's are measured.
CaseNumbers stored_case_numbers(const StoredMetric& metric, const NumberPlan& plan, const CasePair& pair,
                                const ExcludedPlaces& excluded) {
  const ResultSet& base = metric.stored.results;
  const NumberScale scale = scale_of(pair, plan);
  CasePair fresh = exclude_processes(pair, base, metric.head, {.base = {}, .head = excluded.head});
  fresh.base.clear();
  CaseNumbers of_case = numbers_of(fresh, base, metric.head, plan, scale);
  if (pair.base.empty()) return of_case;
  of_case.base = stored_numbers(metric.stored, pair.name, scale);
  if (plan.exact) of_case.base.summary.value = value_of({of_case.base.range->low}, {}, plan.metric, scale);
  return of_case;
}

MetricLayer stored_layer(StoredMetric& metric, const GateOptions& options) {
  StoredSide& stored = metric.stored;
  add_failures(stored, metric.head);
  stored.results.processes.front().context.fingerprinted = all_fingerprinted(metric.head);
  MetricLayer layer{
      .plan = {stored.metric, stored.statistic, is_exact(stored.metric, options.policy, {&metric.head})},
      .base = &stored.results,
      .head = &metric.head,
      .numbers = {}};
  layer.numbers = [&metric, plan = layer.plan](const CasePair& pair, const ExcludedPlaces& excluded) {
    return stored_case_numbers(metric, plan, pair, excluded);
  };
  return layer;
}

}  // namespace

Statistic default_statistic(const ResultSet& results) {
  return is_gpu(results) || has_aggregates(results) ? Statistic::median : Statistic::q25;
}

double default_deviation(const ResultSet& results) {
  return assumed_deviation(results, {});
}

std::vector<Hindrance> hindrances_of(const Comparison& comparison, const GateOptions& options) {
  std::vector<Hindrance> found;
  const auto add = [&](bool when, Hindrance hindrance) {
    if (when) found.push_back(hindrance);
  };
  const std::size_t one_sided = comparison.count(CellVerdict::missing) +
                                comparison.count(CellVerdict::added) + comparison.count(CellVerdict::errored);
  const bool common = comparison.cells.size() > one_sided;
  const std::optional<double>& max_mde = options.policy.max_mde;
  add(!common && !options.allow_disjoint, Hindrance::no_common_case);
  add(common && comparison.count(CellVerdict::missing) > 0 && !options.allow_missing,
      Hindrance::cases_missing);
  add(std::ranges::any_of(comparison.cells,
                          [](const Cell& cell) { return std::holds_alternative<ExactVaries>(cell.why); }),
      Hindrance::exact_varies);
  add(options.strict && comparison.count(CellVerdict::inconclusive) > 0, Hindrance::strict_inconclusive);
  add(options.strict && max_mde && (!comparison.mde || *comparison.mde > *max_mde), Hindrance::strict_mde);
  return found;
}

CaseLimits GateOptions::limits_of(const CasePair& pair, const Metric& metric, bool exact) const {
  if (const auto recorded = recorded_limits.find(metric.name); recorded != recorded_limits.end())
    if (const auto limits = recorded->second.find(pair.name); limits != recorded->second.end())
      return limits->second;
  return policy.limits_of(pair.name, pair.plain_name, metric, exact);
}

std::optional<double> GateOptions::accepted_value(const Metric& metric, const std::string& name) const {
  const auto values = accepted.find(metric.name);
  if (values == accepted.end()) return std::nullopt;
  const auto found = values->second.find(name);
  return found == values->second.end() ? std::nullopt : std::optional(found->second);
}

Comparison compare_results(const ResultSet& base, const ResultSet& head, const GateOptions& options) {
  const MetricSides sides{options.metrics.front(), base, head};
  return compare_results(std::span(&sides, 1), options);
}

Comparison compare_results(std::span<const MetricSides> metrics, const GateOptions& options) {
  const double deviation = assumed_deviation(metrics.front().head, options);
  const auto decide = [&](std::span<const JudgedCases> judged) {
    return decide_processes(judged, metrics, {.alpha = alpha_of(options), .assumed_deviation = deviation});
  };
  return assemble({Unit::process, deviation, measured_layers(metrics, options), decide}, options);
}

Comparison compare_with_baseline(StoredSide stored, const ResultSet& head, const GateOptions& options) {
  StoredMetric metric{std::move(stored), head};
  return compare_with_baseline(std::span(&metric, 1), options);
}

Comparison compare_with_baseline(std::span<StoredMetric> metrics, const GateOptions& options) {
  const double deviation = assumed_deviation(metrics.front().head, options);
  std::vector<MetricLayer> layers;
  for (StoredMetric& metric : metrics) layers.push_back(stored_layer(metric, options));
  const auto decide = [&](std::span<const JudgedCases> judged) {
    return decide_rounds(judged, metrics, {.alpha = alpha_of(options), .assumed_deviation = deviation});
  };
  Comparison comparison = assemble({Unit::round, deviation, std::move(layers), decide}, options);
  if (const auto differ = samples_differ(comparison.cells, metrics.front().stored))
    comparison.notes.push_back(*differ);
  return comparison;
}

Comparison compare_blocks(std::span<const MetricSides> metrics, const GateOptions& options,
                          const DecideBlocks& decide_names) {
  const auto decide = [&](std::span<const JudgedCases> judged) {
    std::vector<Outcome> outcomes;
    for (std::size_t m = 0; m < judged.size(); ++m) outcomes.push_back(decide_names(m, names_of(judged[m])));
    return outcomes;
  };
  return assemble({Unit::block, 0, measured_layers(metrics, options), decide}, options);
}

}  // namespace warpgauge
