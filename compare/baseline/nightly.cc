#include "compare/baseline/nightly.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <random>

#include "compare/baseline/baseline.h"
#include "compare/baseline/bless.h"
#include "compare/baseline/drift.h"
#include "compare/baseline/round.h"
#include "compare/decide/match.h"
#include "compare/decide/process_numbers.h"
#include "compare/statistics/scatter.h"

namespace warpgauge {
namespace {

// [case]: the logs of its numbers, one per night, > is worse; only cases that every night measured.
using NightNumbers = std::map<std::string, std::vector<double>>;

ResultSet joined(const std::vector<ResultSet>& nights, const std::vector<std::size_t>& places) {
  ResultSet all;
  for (const std::size_t i : places)
    all.processes.insert(all.processes.end(), nights[i].processes.begin(), nights[i].processes.end());
  return all;
}

NightNumbers numbers_of_nights(const std::vector<ResultSet>& nights, const GateOptions& options) {
  NightNumbers numbers;
  const Statistic statistic = options.statistic.value_or(default_statistic(nights.back()));
  for (std::size_t night = 0; night < nights.size(); ++night) {
    for (const CasePair& pair : match_cases({}, nights[night]).pairs) {
      if (pair.head.empty()) continue;
      const CaseNumbers of_case = numbers_of(pair, {}, nights[night], {options.metrics.front(), statistic});
      const auto value = value_of(of_case.head.processes, {}, options.metrics.front());
      std::vector<double>& known = numbers[pair.name];
      if (!value || *value <= 0 || known.size() < night) continue;
      known.push_back(options.metrics.front().better == Better::higher ? -std::log(*value)
                                                                       : std::log(*value));
    }
  }
  std::erase_if(numbers, [&](const auto& entry) { return entry.second.size() < nights.size(); });
  return numbers;
}

// The regressions of a comparison, whose head is this night.
JudgedNight judged(const Comparison& comparison, const std::vector<ResultSet>& nights, std::size_t night,
                   const NightNumbers& numbers) {
  JudgedNight result{nights[night].processes.front().file, {}};
  for (const Cell& cell : comparison.cells) {
    if (cell.verdict != CellVerdict::regression) continue;
    FlaggedCase& flagged = result.flagged.emplace_back(FlaggedCase{cell.name, cell.ratio.value_or(1), {}});
    const auto known = numbers.find(cell.name);
    if (known == numbers.end() || night + 1 >= nights.size()) continue;
    const double before = known->second[night] - std::log(flagged.ratio);
    flagged.is_back = known->second[night + 1] - before <= std::log1p(kBackWithin);
  }
  return result;
}

JudgedSeries judge_neighbours(const std::vector<ResultSet>& nights, const NightNumbers& numbers,
                              const GateOptions& options) {
  JudgedSeries series;
  for (std::size_t night = 1; night < nights.size(); ++night)
    series.nights.push_back(
        judged(compare_results(nights[night - 1], nights[night], options), nights, night, numbers));
  return series;
}

BaselineRound round_of(const ResultSet& night, Statistic statistic) {
  BaselineRound round = describe_round(night, statistic_name(statistic));
  round.reason = "nightly";
  return round;
}

// As `bless` does it: the round counts unless the comparison fails or a case would drift.
void take_in(Baseline& baseline, BaselineRound round, const Comparison& comparison, const Policy& policy) {
  set_state(round, comparison, {}, true);
  const bool accepted = verdict_of(comparison) == RunVerdict::pass &&
                        drifted_cases_with(baseline, round, comparison, policy).empty();
  if (!accepted) set_state(round, comparison, {}, false);
  add_round(baseline, round, comparison);
}

std::vector<PlantedCase> quietest_cases(const NightNumbers& numbers) {
  std::vector<PlantedCase> cases;
  for (const auto& [name, logs] : numbers) cases.push_back({name, robust_deviation(logs), 0});
  std::ranges::stable_sort(cases, {}, &PlantedCase::deviation);
  cases.resize(std::min(cases.size(), kPlantedCases));
  return cases;
}

bool has_regression(const Comparison& comparison, const std::string& name) {
  return std::ranges::any_of(comparison.cells, [&](const Cell& cell) {
    return cell.verdict == CellVerdict::regression && (name.empty() || cell.name == name);
  });
}

// The nights of each side of a comparison.
struct Split {
  std::vector<std::size_t> base, head;
};

std::vector<std::size_t> from(std::size_t first, std::size_t count) {
  std::vector<std::size_t> places(count);
  std::iota(places.begin(), places.end(), first);
  return places;
}

std::vector<Split> neighbours(std::size_t nights) {
  std::vector<Split> splits;
  for (std::size_t night = 1; night < nights; ++night) splits.push_back({{night - 1}, {night}});
  return splits;
}

std::vector<Split> before_and_after(std::size_t nights) {
  std::vector<Split> splits;
  for (std::size_t base = 0; base + 2 * kFilesPerSide <= nights; ++base)
    for (std::size_t head = base + kFilesPerSide; head + kFilesPerSide <= nights; ++head)
      splits.push_back({from(base, kFilesPerSide), from(head, kFilesPerSide)});
  return splits;
}

std::vector<Split> drawn(std::size_t nights) {
  std::vector<Split> splits;
  std::vector<std::size_t> order = from(0, nights);
  std::mt19937_64 random(1);  // the same splits in every run
  for (std::size_t split = 0; split < kDrawnSplits; ++split) {
    for (std::size_t i = nights - 1; i > 0; --i) std::swap(order[i], order[random() % (i + 1)]);
    const auto first = order.begin(), second = first + kFilesPerSide;
    splits.push_back({{first, second}, {second, second + kFilesPerSide}});
  }
  return splits;
}

PlantedSeries plant(const std::vector<ResultSet>& nights, const std::vector<Split>& splits,
                    PlantedSeries series, const GateOptions& options) {
  series.comparisons = splits.size();
  for (const Split& split : splits) {
    const ResultSet base = joined(nights, split.base), head = joined(nights, split.head);
    series.failed_without += has_regression(compare_results(base, head, options), "");
    for (PlantedCase& one : series.cases) {
      ResultSet slower = head;
      slow_down(slower, one.name, series.factor, options.metrics.front().better);
      one.found += has_regression(compare_results(base, slower, options), one.name);
    }
  }
  return series;
}

std::vector<PlantedSeries> plant_all(const std::vector<ResultSet>& nights, const NightNumbers& numbers,
                                     const GateOptions& options) {
  const std::vector<PlantedCase> quiet = quietest_cases(numbers);
  const std::size_t count = nights.size();
  std::vector<PlantedSeries> all{
      plant(nights, neighbours(count), {ComparedSides::neighbours, kPlantedAlone, 0, 0, quiet}, options)};
  if (count < 2 * kFilesPerSide) return all;
  all.push_back(plant(nights, before_and_after(count),
                      {ComparedSides::before_and_after, kPlantedInSeveral, 0, 0, quiet}, options));
  all.push_back(plant(nights, drawn(count), {ComparedSides::drawn, kPlantedInSeveral, 0, 0, quiet}, options));
  return all;
}

template <class Count>
std::size_t total(const std::vector<JudgedNight>& nights, Count count) {
  return std::accumulate(nights.begin(), nights.end(), std::size_t{0},
                         [&](std::size_t sum, const JudgedNight& night) { return sum + count(night); });
}

}  // namespace

std::size_t JudgedSeries::failed() const {
  return total(nights, [](const JudgedNight& night) { return night.flagged.empty() ? 0 : 1; });
}

std::size_t JudgedSeries::flagged() const {
  return total(nights, [](const JudgedNight& night) { return night.flagged.size(); });
}

std::size_t JudgedSeries::back() const {
  return total(nights, [](const JudgedNight& night) {
    return std::ranges::count_if(night.flagged,
                                 [](const FlaggedCase& one) { return one.is_back.value_or(false); });
  });
}

JudgedSeries gate_and_bless(const std::vector<ResultSet>& nights, const GateOptions& options) {
  const NightNumbers numbers = numbers_of_nights(nights, options);
  const Statistic statistic = options.statistic.value_or(default_statistic(nights.front()));
  Baseline baseline{.metric = options.metrics.front(),
                    .identity = nights.front().processes.front().context.identity,
                    .rounds = {},
                    .cases = {},
                    .history = {}};
  GateOptions first = options;
  first.allow_disjoint = true;
  add_round(baseline, round_of(nights.front(), statistic), compare_results({}, nights.front(), first));
  JudgedSeries series;
  for (std::size_t night = 1; night < nights.size(); ++night) {
    const Comparison comparison =
        compare_with_baseline(side_of(baseline, "the baseline"), nights[night], options);
    series.nights.push_back(judged(comparison, nights, night, numbers));
    take_in(baseline, round_of(nights[night], statistic), comparison, options.policy);
  }
  return series;
}

NightlyResult judge_nights(const std::vector<ResultSet>& nights, const GateOptions& options) {
  const NightNumbers numbers = numbers_of_nights(nights, options);
  return {.metric = options.metrics.front().name,
          .nights = nights.size(),
          .cases = numbers.size(),
          .neighbours = judge_neighbours(nights, numbers, options),
          .baseline = gate_and_bless(nights, options),
          .planted = plant_all(nights, numbers, options)};
}

void slow_down(ResultSet& results, const std::string& name, double factor, Better better) {
  if (better == Better::higher) factor = 1 / factor;
  for (Process& process : results.processes) {
    for (Case& one : process.cases) {
      if (one.name != name && one.raw_name != name) continue;
      for (Repetition& row : one.repetitions) {
        row.value *= factor;
        for (double& sample : row.samples) sample *= factor;
      }
    }
  }
}

}  // namespace warpgauge
