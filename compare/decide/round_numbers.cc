#include "compare/decide/round_numbers.h"

#include <cmath>

#include "compare/statistics/two_sample_rule.h"

namespace warpgauge {

std::vector<std::vector<double>> by_round(const std::vector<double>& processes, const RoundPlaces& rounds) {
  std::vector<std::vector<double>> numbers;
  for (const auto& round : rounds) {
    std::vector<double>& known = numbers.emplace_back();
    for (const std::size_t process : round) {
      if (!std::isnan(processes[process])) known.push_back(processes[process]);
    }
  }
  return numbers;
}

std::vector<double> round_numbers(const std::vector<std::vector<double>>& rounds) {
  std::vector<double> numbers;
  for (const auto& round : rounds) numbers.push_back(round.empty() ? std::nan("") : round_number(round));
  return numbers;
}

SideNumbers stored_numbers(const StoredSide& stored, const std::string& name, NumberScale scale) {
  SideNumbers side{.processes = stored.numbers.at(name), .summary = {}};
  if (scale == NumberScale::difference) {
    const double sign = stored.metric.better == Better::higher ? -1 : 1;
    side.processes = stored.values.at(name);
    for (double& value : side.processes) {
      value *= sign;
      if (!std::isnan(value)) side.range = {value, value};
    }
  }
  side.summary.value = value_of(side.processes, {}, stored.metric, scale);
  return side;
}

std::vector<std::size_t> processes_of(const std::vector<std::size_t>& rounds, const RoundPlaces& of_round) {
  std::vector<std::size_t> processes;
  for (const std::size_t round : rounds)
    processes.insert(processes.end(), of_round[round].begin(), of_round[round].end());
  return processes;
}

}  // namespace warpgauge
