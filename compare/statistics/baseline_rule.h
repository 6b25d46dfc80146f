// The rule for a stored baseline: per case one number for each of up to twenty rounds of measuring, against one or more
// new rounds. The mean of the new rounds is held against the prediction interval of the stored ones, with the two-way
// model's variances (two_way_model.h) between rounds; with fewer than three stored rounds the deviation is the assumed
// one, or what the rounds show where that is more.
#pragma once

#include <span>
#include <vector>

#include "compare/statistics/decision.h"

namespace warpgauge {

struct BaselineCase {
  std::vector<double> stored;  // round numbers, oldest first, at least one
  std::vector<double> fresh;   // round numbers of the new rounds, at least one
  Margins margins;
};

struct BaselineOptions {
  double alpha = 0.01;             // over the whole run
  double assumed_deviation = 0.05;  // between rounds, as a fraction
};

// The number of a round: the mean of its processes' numbers (statistic.h), at least one.
double round_number(std::span<const double> process_numbers);

// Cases may differ in their number of rounds (one that was accepted anew starts over). Throws std::invalid_argument
// on an empty side or a number that is not finite.
Outcome decide_against_baseline(std::span<const BaselineCase> cases, const BaselineOptions& options);

}  // namespace warpgauge
