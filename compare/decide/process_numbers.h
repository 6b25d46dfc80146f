// From matched cases to the input of the statistics: one number per process and case, in the order of the
// processes of a side.
#pragma once

#include <optional>
#include <vector>

#include "compare/decide/case_pair.h"
#include "compare/input/result_set.h"
#include "compare/statistics/decision.h"
#include "compare/statistics/statistic.h"

namespace warpgauge {

// How the numbers of a comparison are made. It is the same for all cases.
struct NumberPlan {
  Metric metric;
  Statistic statistic = Statistic::q25;
  bool exact = false;
};

// Samples are single launches if every process of the case has them (real_time only), otherwise rows. All
// processes are cut to the same number of samples. If a process has only an aggregate, its median, the median
// of all samples is used for every process, whatever the plan says. If higher is better, reciprocals are
// used: a larger number is always worse. A side without a row of the case has only NaN and an empty summary.
CaseNumbers numbers_of(const CasePair& pair, const ResultSet& base, const ResultSet& head,
                       const NumberPlan& plan);

// By all samples of both sides.
NumberScale scale_of(const CasePair& pair, const NumberPlan& plan);
// The same with a scale that is known already.
CaseNumbers numbers_of(const CasePair& pair, const ResultSet& base, const ResultSet& head,
                       const NumberPlan& plan, NumberScale scale);

// Whether a process has only an aggregate of the case.
bool has_aggregates(const CasePair& pair);

// The geometric mean of a side's process numbers, in the metric's unit, without those at the places in
// `excluded`; the arithmetic mean in the scale of differences. Empty if none remains.
std::optional<double> value_of(const std::vector<double>& processes, const std::vector<std::size_t>& excluded,
                               const Metric& metric, NumberScale scale = NumberScale::log);

// The pair without the processes of either side at these places.
CasePair exclude_processes(CasePair pair, const ResultSet& base, const ResultSet& head,
                           const ExcludedPlaces& excluded);

// Base's samples of a case by process, as numbers_of() uses them, for choose_statistic().
ProcessSamples base_samples(const CasePair& pair, const Metric& metric);

}  // namespace warpgauge
