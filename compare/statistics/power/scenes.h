// What compare_power runs, and what it asks of the rules.
#pragma once

#include <string>
#include <vector>

#include "compare/statistics/power/trial.h"

namespace warpgauge::power {

// A machine, and how many of its cases a change touches. Run without a shift, and at 2, 3 and 5 %.
struct Scene {
  World world;          // its `shift` is not read
  bool faster = false;  // the shifted cases are faster, not slower
  // What must be reached, at 3 %. At their defaults, all but the first ask nothing.
  double most_false_red = 0.01;  // of the runs without a shift, too
  double least_found = 0;
  double least_run_red = 0;
  double least_unchanged = 0;
  double most_shifted_unchanged = 1;  // strictly less
  double most_blocks = AbPlan().max_blocks;
};

std::vector<Scene> ab_scenes();

}  // namespace warpgauge::power
