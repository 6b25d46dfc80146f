// A simulated machine and change: the numbers of base's and head's processes. Only compare_power and tests
// use it.
//
// log time of a case in a process = change (head only) + random effect of the process + the case's own noise.
// The difference of a block has the variance of one process, so `own` and `shared` are the deviations of
// both.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <vector>

#include "compare/statistics/ab_rule.h"

namespace warpgauge::power {

enum class Noise {
  gaussian,
  t4,        // Student t with 4 degrees of freedom, scaled to the same deviation
  drifting,  // each case also drifts by up to 2 % per block, and all of them follow one random walk
  bursts,    // another tenant of the host: in one process of ten all cases are slower by up to 10 %, unevenly
  bad_process,  // in one process of the first six blocks all cases are slower by 20 %
  bimodal,      // two modes, three own deviations apart, one process in four in the upper; scaled to the same
                // deviation
  late_spikes,  // from the seventh block on, a case is slower by up to 50 % in one process of twenty
};
const char* noise_name(Noise noise);

struct World {
  int cases = 200;
  int shifted = 4;          // how many; they are the first ones
  double shift = 0.03;      // of their time, as a fraction; negative: faster
  double own = 0.0095;      // deviation of a case's own noise
  double own_spread = 0.3;  // log-deviation of `own` over cases
  double shared = 0;        // deviation of the random effect of a process
  Noise noise = Noise::gaussian;
  int controls = 0;     // how many; they are the last cases, and never shifted
  int slow_one_in = 1;  // the shift affects one process, drawn at random, in each group of this many of head
  bool slow_base = false;  // the shift affects base instead; a negative shift makes base fast now and then
  double slow_speed = 0;   // probability that a process of either side is slower by 20 % in all cases
  double bad_measurement =
      1;                    // the first process of head measures the shifted cases this many times too slow
  int two_speed_cases = 0;  // how many; the last cases, slower by 75 % in every other process at random
};

// One run in a world. Draws each block on request.
class Machine {
 public:
  Machine(const World& world, std::uint64_t seed);

  AbBlock next_block();

  // The next process of a side, outside of blocks: [case].
  std::vector<double> process(bool head);

  // Single repetitions of such a process: its number with another 1 % of noise.
  std::vector<double> repetitions(double process_number, int count);

  bool is_shifted(std::size_t c) const { return static_cast<int>(c) < world_.shifted; }
  std::vector<AbCase> cases() const;

 private:
  bool shift_hits(bool head);
  double speed();
  double case_speed(std::size_t c);
  double own_noise(std::size_t c);
  double disturbance(std::size_t c, double strength);

  const World& world_;
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  std::vector<double> own_;    // [case] deviation
  std::vector<double> drift_;  // [case] per process
  double wander_ = 0;
  int processes_ = 0;
  int bad_process_ = 0;
  int head_processes_ = 0;
  int hit_processes_ = 0, slow_process_ = 0;  // of the affected side; the second within its group
};

}  // namespace warpgauge::power
