// A simulated machine and change: the numbers that processes of base and head would give. Judges the rules;
// nothing outside compare_power uses it.
//
// A process's log time of a case = change (head) + noise shared by the process's cases + the case's own
// noise. A block's difference has the variance of one process: `own` and `shared` are deviations of either.
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
  drifting,  // and each case drifts over the run, by up to 2 % a block, while all of them wander
  bursts,    // a neighbour on the host: one process in ten has all its cases slower by up to 10 %, unevenly
  bad_process,  // one process of the first six blocks has all its cases slower by 20 %
  bimodal,      // two modes, three own deviations apart, one process in four in the upper; scaled to the same
                // deviation
  late_spikes,  // from the seventh block on, a case in one process of twenty is slower by up to 50 %: few
                // samples
};
const char* noise_name(Noise noise);

struct World {
  int cases = 200;
  int shifted = 4;          // the first so many cases
  double shift = 0.03;      // of their time, as a fraction; negative: faster
  double own = 0.0095;      // deviation of a case's own noise
  double own_spread = 0.3;  // log-deviation of `own` over cases
  double shared = 0;        // deviation of what a process does to all its cases
  Noise noise = Noise::gaussian;
  int controls = 0;        // the last so many cases, never shifted
  int slow_one_in = 1;     // the shift hits one of so many processes of head, any one of each so many
  bool slow_base = false;  // of base instead: with a negative shift, base is fast now and then
  double slow_speed = 0;   // chance of a process of either side to be slower by 20 % in all its cases
};

// One run in a world: draws blocks as they are asked for.
class Machine {
 public:
  Machine(const World& world, std::uint64_t seed);

  AbBlock next_block();

  // One more process of a side, outside of blocks: [case].
  std::vector<double> process(bool head);

  // The single repetitions of such a process: its number and 1 % more noise.
  std::vector<double> repetitions(double process_number, int count);

  bool is_shifted(std::size_t c) const { return static_cast<int>(c) < world_.shifted; }
  std::vector<AbCase> cases() const;

 private:
  bool shift_hits(bool head);
  double speed();
  double own_noise(std::size_t c);
  double disturbance(std::size_t c, double strength);

  const World& world_;
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  std::vector<double> own_;    // [case] deviation
  std::vector<double> drift_;  // [case] a process
  double wander_ = 0;
  int processes_ = 0;
  int bad_process_ = 0;
  int hit_processes_ = 0, slow_process_ = 0;  // of the side that is hit, the second within its group
};

}  // namespace warpgauge::power
