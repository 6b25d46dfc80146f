// From the numbers of the processes of a round to the number of the round, and how much they differ.
#pragma once

#include <span>
#include <vector>

namespace warpgauge {

// How much the processes of the new rounds differ. If the machine is busier today than in the stored rounds,
// only this shows it.
struct RoundSpread {
  double variance = 0;   // between the processes of a round, pooled over the new rounds
  double df = 0;         // of that variance; 0: one process per round, the variance is unknown
  double processes = 1;  // per round, on average
};

// The number of a round: the mean of its processes' numbers, at least one.
[[nodiscard]] double round_number(std::span<const double> process_numbers);

// Of processes[round][process].
[[nodiscard]] RoundSpread round_spread(std::span<const std::vector<double>> processes);

}  // namespace warpgauge
