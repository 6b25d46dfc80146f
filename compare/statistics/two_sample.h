// What the rules for unpaired processes and for a stored baseline share: two sides of units, one look. Inside
// this folder only.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "compare/statistics/decision.h"
#include "compare/statistics/moderation.h"

namespace warpgauge {

struct TwoSampleCase {
  std::span<const double> base, head;  // [unit], NaN where the unit lacks the case
  Margins margins;
  // Between the parts of a unit; 0: nothing is seen. A unit has at least this where its deviation is assumed,
  // and where it is measured, this over the number of the parts.
  ModeratedVariance shown = {};
  double parts = 1;
};

struct TwoSampleDesign {
  double alpha = 0.01;
  double assumed_deviation = 0;  // of a unit, where it is assumed
  // Whether a case with that many units a side, without those left out, is judged by the assumed deviation.
  std::function<bool(int base, int head)> assumes;
  // Whether base and head grow together when more is measured. A stored baseline grows alone, as rounds are
  // blessed, or head does, as more new rounds are measured at once.
  bool sides_grow_together = true;
};

// Throws std::invalid_argument as the two rules say.
Outcome decide_two_samples(std::span<const TwoSampleCase> cases, const TwoSampleDesign& design);

}  // namespace warpgauge
