// Drift of a baseline: a case becomes slower over many rounds, each time by less than a regression, until the
// latest number is above the oldest by more than may pass. The gate cannot detect it, because drift widens
// the spread of the rounds, which the gate takes for noise.
//
// Method, per case: a least-squares line through the logs of the rounds' numbers, so that noise is the
// deviation from the line. A one-sided t test (rounds - 2 degrees of freedom) that the line rises by more
// than fail_above from the oldest round to the latest. Holm over the cases. The latest number itself must
// also be above the oldest by more than fail_above: a case that returned to its old time has not drifted.
//
// False positives on unchanged code, if rounds deviate by 2 %: fewer than 1 of 200 rounds. Power, if rounds
// deviate by 0.5 %: a drift of 2 % per round is found within 7 rounds. Tests hold both.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compare/baseline/baseline.h"
#include "compare/decide/comparison.h"
#include "compare/decide/policy.h"

namespace warpgauge {

inline constexpr std::size_t kFewestDriftRounds = 3;  // any line fits two rounds
// A coarse clock shows no deviation at all, but the machine has some.
inline constexpr double kLeastRoundDeviation = 0.001;

struct Drift {
  std::string name;
  std::string metric = {};  // empty if the comparison has one metric only
  double ratio = 1;         // latest number / oldest number, > 1 is worse
  std::size_t rounds = 0;   // that count for the case
};

// The cases that drifted, worst first. `fail_above(name)` is a case's margin; `alpha` is the level over all
// cases.
[[nodiscard]] std::vector<Drift> drifted_cases(const Baseline& baseline,
                                               const std::function<double(const std::string&)>& fail_above,
                                               double alpha);

// The same after `round`, if there is one, was added to the baseline: `comparison` is that round against it.
// For each of its metrics that is not exact, at an equal share of the level.
[[nodiscard]] std::vector<Drift> drifted_cases_with(Baseline baseline,
                                                    const std::optional<BaselineRound>& round,
                                                    const Comparison& comparison, const Policy& policy);

// At least one case drifted.
[[nodiscard]] note::Drift drift_note(std::span<const Drift> drifted);

}  // namespace warpgauge
