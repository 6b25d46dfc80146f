// What compare_power simulates, and the targets.
#pragma once

#include <string>
#include <vector>

#include "compare/statistics/power/trial.h"

namespace warpgauge::power {

// A machine, and how many of its cases a change shifts. Run without a shift, and at 2, 3 and 5 %.
struct Scene {
  World world;          // its `shift` is ignored
  bool faster = false;  // the shifted cases are faster, not slower
  // Targets at 3 %. The defaults of all but the first are no target.
  double most_false_positive = 0.01;  // also of the runs without a shift
  double least_found = 0;
  double least_run_fails = 0;
  double least_unchanged = 0;
  double most_shifted_unchanged = 1;  // strictly less
  double most_blocks = AbPlan().max_blocks;
};

[[nodiscard]] std::vector<Scene> ab_scenes();

}  // namespace warpgauge::power
