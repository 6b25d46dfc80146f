#include "compare/statistics/round_spread.h"

#include <algorithm>
#include <numeric>

namespace warpgauge {

double round_number(std::span<const double> process_numbers) {
  return std::accumulate(process_numbers.begin(), process_numbers.end(), 0.0) /
         static_cast<double>(process_numbers.size());
}

RoundSpread round_spread(std::span<const std::vector<double>> processes) {
  RoundSpread spread;
  double squares = 0, count = 0;
  for (const std::vector<double>& round : processes) {
    if (round.empty()) continue;
    const double mean = round_number(round);
    for (const double number : round) squares += (number - mean) * (number - mean);
    spread.df += static_cast<double>(round.size()) - 1;
    count += static_cast<double>(round.size());
  }
  if (spread.df > 0) spread.variance = squares / spread.df;
  if (!processes.empty()) spread.processes = std::max(1.0, count / static_cast<double>(processes.size()));
  return spread;
}

}  // namespace warpgauge
