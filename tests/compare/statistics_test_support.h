// Simulated A/B runs, for the tests of the A/B rule.
#pragma once

#include <vector>

#include "compare/statistics/ab_rule.h"
#include "compare/statistics/power/world.h"

namespace warpgauge {

inline std::vector<AbBlock> blocks_for(const AbLook& look, power::Machine& machine) {
  std::vector<AbBlock> blocks;
  for (int b = look.first_block; b < look.last_block; ++b) blocks.push_back(machine.next_block());
  return blocks;
}

inline AbOutcome run(AbRule& rule, power::Machine& machine) {
  while (const AbLook* look = rule.next()) rule.take(blocks_for(*look, machine));
  return rule.outcome();
}

inline power::World small_world(int cases, int shifted, double shift, double own) {
  power::World world;
  world.cases = cases;
  world.shifted = shifted;
  world.shift = shift;
  world.own = own;
  return world;
}

}  // namespace warpgauge
