// Puts a comparison together: matched cases of every metric, the decisions of a rule over all of them, and
// what has to be remarked.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "compare/decide/case_pair.h"
#include "compare/decide/gate.h"
#include "compare/decide/process_numbers.h"

namespace warpgauge {

// One metric of a comparison, and how it gets the numbers of a case.
struct MetricLayer {
  NumberPlan plan;
  const ResultSet* base = nullptr;
  const ResultSet* head = nullptr;
  std::function<CaseNumbers(const CasePair&, const ExcludedPlaces&)> numbers;
};

// One kind of comparison. `decide` takes the cases of each metric, and returns an outcome per metric.
struct Method {
  Unit unit;
  double assumed_deviation;  // between units, as a fraction; used if there are too few units
  std::vector<MetricLayer> layers;
  std::function<std::vector<Outcome>(std::span<const JudgedCases>)> decide;
};

[[nodiscard]] Comparison assemble(const Method& method, const GateOptions& options);

}  // namespace warpgauge
