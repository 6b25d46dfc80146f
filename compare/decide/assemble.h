// Puts a comparison together: matched cases of every metric, the decisions of a rule over all of them, and
// what has to be remarked.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "compare/decide/gate.h"
#include "compare/decide/match.h"
#include "compare/decide/outcome_notes.h"
#include "compare/decide/process_numbers.h"
#include "compare/statistics/two_sample_rule.h"

namespace warpgauge {

// One metric of a comparison, and how it gets the numbers of a case.
struct MetricLayer {
  NumberPlan plan;
  const ResultSet* base = nullptr;
  const ResultSet* head = nullptr;
  std::function<CaseNumbers(const CasePair&, const ExcludedPlaces&)> numbers;
};

// The cases of a metric that a rule has to decide.
struct LayerPairs {
  const MetricLayer* layer = nullptr;
  std::vector<MeasuredPair> by_log, by_difference;
};

// One kind of comparison. `decide` returns an outcome per metric.
struct Method {
  Unit unit;
  double assumed_deviation;  // between units, as a fraction; used if there are too few units
  std::vector<MetricLayer> layers;
  std::function<std::vector<MetricOutcome>(std::span<const LayerPairs>)> decide;
};

[[nodiscard]] Comparison assemble(const Method& method, const GateOptions& options);

}  // namespace warpgauge
