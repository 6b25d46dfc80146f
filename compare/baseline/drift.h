// Whether a baseline has crept up: round by round, each by less than could be called red, until the latest
// number lies above the oldest by more than may pass. The gate cannot see it, because it takes the rounds'
// differences for their noise: the longer a case creeps, the more it takes for noise.
//
// Method: a least-squares line through the logs of a case's rounds, so that noise is only what deviates from
// the line; a one-sided t test, rounds - 2 degrees of freedom, that the line rises by more than fail_above
// from the oldest round to the latest; Holm over the cases. And the latest number itself must lie above the
// oldest by more than fail_above: what has come back has not crept. Doubles.
//
// Of unchanged code on a machine whose rounds deviate by 2 %, fewer than one round in two hundred is taken
// for creep; with .5 %, a creep of 2 % a round is seen within seven (the tests hold this).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "compare/baseline/baseline.h"

namespace warpgauge {

inline constexpr std::size_t kFewestCreepRounds = 3;  // through two, any line is right
inline constexpr double kLeastRoundDeviation =
    0.001;  // a clock too coarse to see any noise is not without it

struct Creep {
  std::string name;
  double ratio = 1;        // latest to oldest number, > 1 is worse
  std::size_t rounds = 0;  // of the case
};

// Worst first. `fail_above(name)` is a case's; `alpha` is that of the whole baseline.
std::vector<Creep> crept_cases(const Baseline& baseline,
                               const std::function<double(const std::string&)>& fail_above, double alpha);

}  // namespace warpgauge
