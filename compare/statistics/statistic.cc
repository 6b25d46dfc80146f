#include "compare/statistics/statistic.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace warpgauge {
namespace {

struct StatisticEntry {
  Statistic statistic;
  const char* name;
  double probability;
};
constexpr StatisticEntry kEntries[] = {{Statistic::minimum, "min", 0},
                                       {Statistic::q10, "q10", 0.1},
                                       {Statistic::q25, "q25", 0.25},
                                       {Statistic::median, "q50", 0.5}};

const StatisticEntry& entry_of(Statistic statistic) {
  return kEntries[static_cast<std::size_t>(statistic)];
}

// Root mean square of the differences of neighbouring processes: 0 and 1, 2 and 3...
double neighbour_difference(const ProcessSamples& processes, Statistic statistic) {
  const std::size_t length = equal_length(processes, processes);
  double sum = 0;
  for (std::size_t i = 0; i + 1 < processes.size(); i += 2) {
    const double difference =
        process_number(processes[i], length, statistic) - process_number(processes[i + 1], length, statistic);
    sum += difference * difference;
  }
  return std::sqrt(sum / static_cast<double>(processes.size() / 2));
}

}  // namespace

const char* statistic_name(Statistic statistic) {
  return entry_of(statistic).name;
}
double statistic_probability(Statistic statistic) {
  return entry_of(statistic).probability;
}

std::optional<Statistic> parse_statistic(std::string_view name) {
  for (const StatisticEntry& entry : kEntries)
    if (name == entry.name) return entry.statistic;
  return std::nullopt;
}

std::size_t equal_length(const ProcessSamples& base, const ProcessSamples& head) {
  std::size_t length = std::numeric_limits<std::size_t>::max();
  for (const ProcessSamples* side : {&base, &head})
    for (const std::vector<double>& process : *side) length = std::min(length, process.size());
  return length == std::numeric_limits<std::size_t>::max() ? 0 : length;
}

double process_number(std::span<const double> samples, std::size_t length, Statistic statistic) {
  return std::log(quantile(samples.first(length), statistic_probability(statistic)));
}

Statistic choose_statistic(std::span<const ProcessSamples> base) {
  Statistic best = Statistic::median;
  double smallest = std::numeric_limits<double>::infinity();
  for (const Statistic statistic : kStatistics) {
    std::vector<double> dispersions;
    for (const ProcessSamples& processes : base)
      if (processes.size() >= 2 && equal_length(processes, processes) > 0)
        dispersions.push_back(neighbour_difference(processes, statistic));
    if (dispersions.empty()) continue;
    if (const double dispersion = median(dispersions); dispersion < smallest) {
      best = statistic;
      smallest = dispersion;
    }
  }
  return best;
}

double cliffs_delta(std::span<const double> base, std::span<const double> head) {
  if (base.empty() || head.empty()) return 0;
  std::vector<double> sorted(base.begin(), base.end());
  std::sort(sorted.begin(), sorted.end());
  double greater_less_smaller = 0;
  for (const double value : head) {
    const auto [first_equal, first_above] = std::equal_range(sorted.begin(), sorted.end(), value);
    greater_less_smaller +=
        static_cast<double>(first_equal - sorted.begin()) - static_cast<double>(sorted.end() - first_above);
  }
  return greater_less_smaller / (static_cast<double>(base.size()) * static_cast<double>(head.size()));
}

}  // namespace warpgauge
