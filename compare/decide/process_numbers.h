// From matched cases to what the statistics take: one number per process and case, aligned over the processes
// of a side.
#pragma once

#include <optional>
#include <vector>

#include "compare/decide/comparison.h"
#include "compare/decide/match.h"
#include "compare/input/result_set.h"
#include "compare/statistics/decision.h"
#include "compare/statistics/statistic.h"

namespace warpgauge {

struct SideNumbers {
  std::vector<double> processes;  // process_number() of each process of the side, NaN where it lacks the case
  SideSummary summary;
};

struct CaseNumbers {
  SideNumbers base, head;
  std::optional<double> cliffs_delta;  // over all samples, > 0: head is worse
  std::size_t samples_taken = 0;       // the first so many of each process; 0: all
};

// How the numbers of a comparison are made; one for all of its cases.
struct NumberPlan {
  Metric metric;
  Statistic statistic = Statistic::q25;
};

// Samples are single launches where every process of the case has them (real_time only), rows otherwise; all
// processes are cut to the same number of them. Where a process has only an aggregate of them, its median,
// the median of all of each process's is taken, whatever the plan says. Where higher is better, reciprocals:
// a larger number is always worse. A side that lacks the case, or has no row of it, has NaN only, and an
// empty summary.
CaseNumbers numbers_of(const CasePair& pair, const ResultSet& base, const ResultSet& head,
                       const NumberPlan& plan);

// Whether a process has but one number for all that it measured of the case.
bool has_aggregates(const CasePair& pair);

// In the metric's unit, the geometric mean of a side's process numbers, less those at the places of
// `excluded`. Empty if none remains.
std::optional<double> value_of(const std::vector<double>& processes, const std::vector<std::size_t>& excluded,
                               const Metric& metric);

// The pair, less the processes of either side at these places.
CasePair exclude_processes(CasePair pair, const ResultSet& base, const ResultSet& head,
                           const ExcludedPlaces& excluded);

// Base's samples of a case, process by process, as numbers_of takes them: what the statistic is chosen by.
ProcessSamples base_samples(const CasePair& pair, const Metric& metric);

}  // namespace warpgauge
