#include "compare/statistics/power/world.h"

#include <cmath>

namespace warpgauge::power {
namespace {

constexpr double kDriftPerBlock = 0.02, kWanderPerProcess = 0.003;
constexpr double kBurstChance = 0.1, kBurstSize = 0.1;
constexpr double kBadProcess = 0.2, kSlowSpeed = 0.2, kSlowCase = 0.75;
constexpr double kUpperMode = 0.25, kModesApart = 3;
constexpr double kSpikeChance = 0.05, kSpikeSize = 0.5;
constexpr double kRepetitionNoise = 0.01;

double uniform(std::mt19937_64& random) {
  return std::uniform_real_distribution<double>()(random);
}

}  // namespace

const char* noise_name(Noise noise) {
  static constexpr const char* kNames[] = {"Gaussian",        "t4",      "drifting",   "bursts",
                                           "one bad process", "bimodal", "late spikes"};
  return kNames[static_cast<std::size_t>(noise)];
}

Machine::Machine(const World& world, std::uint64_t seed) : world_(world), random_(seed) {
  for (int c = 0; c < world.cases; ++c) {
    own_.push_back(world.own * std::exp(world.own_spread * normal_(random_)));
    drift_.push_back((2 * uniform(random_) - 1) * kDriftPerBlock / kPositions);
  }
  bad_process_ = static_cast<int>(random_() % (6 * kPositions));
}

std::vector<AbCase> Machine::cases() const {
  std::vector<AbCase> cases(static_cast<std::size_t>(world_.cases));
  for (int i = 0; i < world_.controls; ++i)
    cases[cases.size() - 1 - static_cast<std::size_t>(i)].control = true;
  return cases;
}

// Whether the shift affects the next process.
bool Machine::shift_hits(bool head) {
  const bool hit = head != world_.slow_base;
  if (!hit || world_.slow_one_in == 1) return hit;
  const int within = hit_processes_++ % world_.slow_one_in;
  if (within == 0) slow_process_ = static_cast<int>(random_() % static_cast<unsigned>(world_.slow_one_in));
  return within == slow_process_;
}

double Machine::speed() {
  return world_.slow_speed > 0 && uniform(random_) < world_.slow_speed ? kSlowSpeed : 0;
}

double Machine::case_speed(std::size_t c) {
  const bool has_two = static_cast<int>(c) >= world_.cases - world_.two_speed_cases;
  return has_two && uniform(random_) < 0.5 ? std::log1p(kSlowCase) : 0;
}

double Machine::own_noise(std::size_t c) {
  switch (world_.noise) {
    case Noise::t4:
      return own_[c] * std::student_t_distribution<double>(4)(random_) / std::sqrt(2.0);
    case Noise::bimodal: {
      const double mode = uniform(random_) < kUpperMode ? 1 - kUpperMode : -kUpperMode;
      const double variance = 1 + kModesApart * kModesApart * kUpperMode * (1 - kUpperMode);
      return own_[c] * (normal_(random_) + kModesApart * mode) / std::sqrt(variance);
    }
    default:
      return own_[c] * normal_(random_);
  }
}

double Machine::disturbance(std::size_t c, double strength) {
  switch (world_.noise) {
    case Noise::drifting:
      return wander_ + drift_[c] * processes_;
    case Noise::bursts:
      return strength > 0 ? strength * (0.5 + uniform(random_)) : 0;
    case Noise::bad_process:
      return processes_ == bad_process_ ? kBadProcess : 0;
    case Noise::late_spikes:
      return processes_ >= 6 * kPositions && uniform(random_) < kSpikeChance ? kSpikeSize * uniform(random_)
                                                                             : 0;
    default:
      return 0;
  }
}

std::vector<double> Machine::process(bool head) {
  std::vector<double> numbers;
  const bool hit = shift_hits(head);
  const double shared = world_.shared * normal_(random_) + speed();
  wander_ += kWanderPerProcess * normal_(random_);
  const double burst = uniform(random_) < kBurstChance ? kBurstSize * uniform(random_) : 0;
  for (std::size_t c = 0; c < own_.size(); ++c) {
    const double change = hit && is_shifted(c) ? std::log1p(world_.shift) : 0;
    numbers.push_back(change + shared + own_noise(c) + disturbance(c, burst) + case_speed(c));
    if (head && head_processes_ == 0 && is_shifted(c)) numbers.back() += std::log(world_.bad_measurement);
  }
  head_processes_ += head;
  ++processes_;
  return numbers;
}

AbBlock Machine::next_block() {
  AbBlock block;
  block.numbers.resize(own_.size());
  const int index = processes_ / kPositions;
  for (int position = 0; position < kPositions; ++position) {
    const std::vector<double> numbers = process(is_head(index, position));
    for (std::size_t c = 0; c < numbers.size(); ++c)
      block.numbers[c][static_cast<std::size_t>(position)] = numbers[c];
  }
  return block;
}

std::vector<double> Machine::repetitions(double process_number, int count) {
  std::vector<double> times;
  for (int i = 0; i < count; ++i)
    times.push_back(std::exp(process_number + kRepetitionNoise * normal_(random_)));
  return times;
}

}  // namespace warpgauge::power
