// What the statistics answer about one case, and the limits that they are asked to hold. They know no files and no
// JSON: samples in, a decision with its reason out. All effects are logs of head over base; > 0 is worse.
#pragma once

#include <string>

namespace warpgauge {

enum class Decided { regression, improvement, unchanged, inconclusive };

// Per case: a policy may set them case by case. As fractions, 0.01 = 1 %.
struct Margins {
  double fail_above = 0.01;     // a regression is proved to be worse than this
  double improve_above = 0.01;  // an improvement is proved to be better than this
  double same_within = 0.015;   // unchanged is proved to lie within +- this
};

struct Decision {
  Decided decided = Decided::inconclusive;
  double log_ratio = 0;                // estimate of the change
  double log_ci_low = 0, log_ci_high = 0;  // two-sided 95 %
  double p = 1;                        // of the test for regression (the smaller of its two, doubled), unadjusted
  double p_adjusted = 1;               // Holm over all cases of the run
  double mde = 0;                      // smallest change, as a fraction, that this much data could have shown
  int blocks = 0;                      // or processes, or rounds: the units of analysis that were used
  int more_blocks = 0;                 // how many more it would take to decide; 0 when decided
  std::string reason;                  // one sentence
};

}  // namespace warpgauge
