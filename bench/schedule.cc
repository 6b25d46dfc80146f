#include "bench/schedule.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <utility>

namespace warpgauge::bench {
namespace {

constexpr int kFewestRepetitions = 3;
constexpr int kMostRepetitions = 20;
constexpr int kMostSamples = 100;  // per repetition: more only make the JSON larger

double samples_needed(double cv) {
  // The few samples of the warm-up estimate the deviation badly. Extreme estimates must not dominate the
  // plan.
  constexpr double kLeast = 0.005, kMost = 0.05;
  const double deviation = std::isfinite(cv) ? std::clamp(cv, kLeast, kMost) : kMost;
  return std::pow(1.2533 * deviation / kTargetRelativeError, 2);
}

int fitting_repetitions(std::span<const Estimate> cases, double seconds) {
  double one_round = 0;
  for (const Estimate& each : cases) one_round += each.sample_seconds;
  return static_cast<int>(
      std::clamp(seconds / std::max(one_round, 1e-9), double{kFewestRepetitions}, double{kMostRepetitions}));
}

}  // namespace

Plan make_plan(std::span<const Estimate> cases, double seconds, std::optional<int> repetitions) {
  Plan plan;
  plan.repetitions = repetitions.value_or(fitting_repetitions(cases, seconds));
  double needed_seconds = 0;
  for (const Estimate& each : cases) needed_seconds += samples_needed(each.cv) * each.sample_seconds;
  const double by_need = 0.5 * seconds / std::max(needed_seconds, 1e-9);
  const double equal_seconds = 0.5 * seconds / static_cast<double>(std::max<std::size_t>(cases.size(), 1));
  for (const Estimate& each : cases) {
    const double target =
        (by_need * samples_needed(each.cv) + equal_seconds / std::max(each.sample_seconds, 1e-9)) /
        plan.repetitions;
    const int samples = static_cast<int>(std::clamp(target, 1.0, double{kMostSamples}));
    const double total = static_cast<double>(samples) * plan.repetitions;
    plan.samples.push_back(samples);
    plan.seconds += total * each.sample_seconds;
    plan.relative_error = std::max(plan.relative_error, 1.2533 * each.cv / std::sqrt(total));
  }
  return plan;
}

std::vector<int> round_order(int cases, std::uint64_t seed, int round) {
  std::vector<int> order(static_cast<std::size_t>(cases));
  std::iota(order.begin(), order.end(), 0);
  std::seed_seq words{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32),
                      static_cast<std::uint32_t>(round)};
  std::mt19937 random(words);
  // Fisher-Yates shuffle. std::shuffle would give other orders with other standard libraries.
  for (std::size_t left = order.size(); left > 1; --left)
    std::swap(order[left - 1], order[(std::uint64_t{random()} * left) >> 32]);
  return order;
}

}  // namespace warpgauge::bench
