// The rule for a stored baseline: per case one number for each of up to twenty rounds of measuring, against
// one or more new rounds. The mean of the new rounds is held against the prediction interval of the stored
// ones, with the two-way model's variances (two_way_model.h) between rounds; with fewer than three stored
// rounds the deviation is the assumed one, or what the rounds show where that is more. A round is never taken
// for more certain than its own processes are among themselves (moderated over cases): their variance over
// their number, and undivided where the deviation is assumed, since processes of an hour share its noise.
#pragma once

#include <span>
#include <vector>

#include "compare/statistics/decision.h"

namespace warpgauge {

// What the processes of the new rounds show of a case's noise: a machine that is busier today than in the
// stored rounds makes a new round worth less, and only the new round knows.
struct RoundSpread {
  double variance = 0;   // between the processes of a round, pooled over the new rounds
  double df = 0;         // of that variance; 0: a process a round, nothing is known
  double processes = 1;  // of a round, on average
};

struct BaselineCase {
  // Round numbers, oldest first: stored[i] is the i-th round of the file, NaN where that round lacks the case
  // (it joined later, or was accepted anew). Every case has as many entries; at least one of stored and of
  // fresh is a number.
  std::vector<double> stored, fresh;
  Margins margins;
  RoundSpread spread = {};
};

struct BaselineOptions {
  double alpha = 0.01;              // over the whole run
  double assumed_deviation = 0.05;  // between rounds, as a fraction
};

// The number of a round: the mean of its processes' numbers (statistic.h), at least one.
double round_number(std::span<const double> process_numbers);

// Of processes[round][process].
RoundSpread round_spread(std::span<const std::vector<double>> processes);

// Throws std::invalid_argument where a case has no stored or no fresh number, or cases differ in their number
// of entries.
Outcome decide_against_baseline(std::span<const BaselineCase> cases, const BaselineOptions& options);

}  // namespace warpgauge
