// From what a rule found out about a case to its Decision. Every rule fills Decisions here.
//
// Method: MDE and sample size from the power of the one-sided t test by the non-central t distribution.
// "Could have shown" means with power 0.8.
#pragma once

#include <functional>
#include <span>

#include "compare/statistics/decision.h"
#include "compare/statistics/judgement.h"

namespace warpgauge {

struct PlannedLevels {
  double single = 0;     // of a single test, Holm's strictest
  double look = 0;       // level that the absolute test must reach for the relative test to count
  double unchanged = 0;  // of the two one-sided tests
};

struct Evidence {
  Effect effect;
  Verdict verdict;
  Margins margins;
  bool bulk_unchanged = false;
  int units = 0;  // per side, at least 1
  bool deviation_assumed = false;
  PlannedLevels levels;
  std::vector<ExcludedUnits> against_head;
};

// leverage(extra) is the variance of the case's change per variance of a unit, with so many more units.
[[nodiscard]] Decision decision_of(const Evidence& evidence, const std::function<double(int)>& leverage);

// Inconclusive, without any figure.
[[nodiscard]] Decision no_decision(DecisionWhy why);

}  // namespace warpgauge
