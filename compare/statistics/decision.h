// What the statistics answer about one case, and the limits that they are asked to hold. They know no files
// and no JSON: samples in, a decision with its reason out. Effects are logs of head over base; > 0 is worse.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace warpgauge {

inline constexpr int kFewestMeasuredUnits = 3;  // with fewer, the deviation between them is assumed

enum class Decided { regression, improvement, unchanged, inconclusive };

// Per case: a policy may set them case by case. As fractions, 0.01 = 1 %.
struct Margins {
  double fail_above = 0.01;     // a regression is proved to be worse than this
  double improve_above = 0.01;  // an improvement is proved to be better than this
  double same_within = 0.015;   // unchanged is proved to lie within +- this
};

struct Decision {
  Decided decided = Decided::inconclusive;
  double log_ratio = 0;                    // estimate of the change
  double log_ci_low = 0, log_ci_high = 0;  // two-sided 95 %
  double p = 1;           // of the test for regression (the smaller of its two, doubled), unadjusted
  double p_adjusted = 1;  // Holm over cases, weighted over looks: <= alpha exactly for a regression
  double mde = 0;         // smallest slow-down, as a fraction, that this much data could have shown
  int blocks = 0;         // or processes, or rounds a side: the units of analysis that were used
  int more_blocks = 0;    // how many more it would take to decide; 0 when decided, withheld, or none would do
  // Unchanged, or an improvement, if not for units that were left out and may be head's own slowness.
  bool withheld = false;
  std::string reason;  // one sentence
};

// What all cases share: the median of their changes. Information, not a case.
struct SharedChange {
  Decided decided = Decided::inconclusive;
  double log_ratio = 0;
  double log_ci_low = 0, log_ci_high = 0;  // two-sided 95 %
  double p = 1;                            // one-sided, for a slow-down above fail_above
};

// Units of either side, by their place in it, that shifted all cases too far to be believed: nothing was
// decided by them.
struct LeftOut {
  std::vector<std::size_t> base, head;
  bool empty() const { return base.empty() && head.empty(); }
};

// What a rule answers about a whole run.
struct Outcome {
  std::vector<Decision> decisions;     // [case], in the order of the input
  std::optional<SharedChange> shared;  // not with fewer than five cases
  double mde = 0;                      // the median case's; infinity where nothing could have been shown
  std::string method;                  // the test and what was assumed, in words
  bool assumed = false;                // of a case, the deviation between its units
  std::vector<std::string> notes;      // what was left out, a sentence each
  LeftOut left_out;
};

}  // namespace warpgauge
