// The simulation itself: what it draws has the deviations that it says, and its rivals are what the field
// uses.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "compare/statistics/power/rivals.h"
#include "compare/statistics/power/trial.h"

namespace warpgauge::power {
namespace {

TEST(Rivals, MannWhitneyIsScipys) {
  // scipy.stats.mannwhitneyu's documentation: males and females, method="asymptotic": p =
  // 0.11134688653314041.
  const double males[] = {19, 22, 16, 29, 24}, females[] = {20, 11, 17, 12};
  EXPECT_NEAR(mann_whitney_p(males, females), 0.11134688653314041, 1e-12);
  // scipy 1.17.1, with ties.
  const double x[] = {1, 2, 2, 3, 5}, y[] = {2, 4, 4, 6, 7, 8};
  EXPECT_NEAR(mann_whitney_p(x, y), 0.07934368319771502, 1e-12);
  const double equal[] = {1, 1};
  EXPECT_EQ(mann_whitney_p(equal, equal), 1);
}

TEST(Machine, ABlocksDifferenceHasTheDeviationThatTheWorldSays) {
  for (const Noise noise : {Noise::gaussian, Noise::t4, Noise::bimodal}) {
    World world;
    world.noise = noise;
    world.own_spread = 0;
    world.shifted = 0;
    Machine machine(world, 1);
    double sum = 0, squares = 0;
    constexpr int kBlocks = 200;
    for (int b = 0; b < kBlocks; ++b) {
      const AbBlock block = machine.next_block();
      for (const auto& numbers : block.numbers) {
        double difference = 0;
        for (int position = 0; position < kPositions; ++position)
          difference += (is_head(b, position) ? 0.5 : -0.5) * numbers[static_cast<std::size_t>(position)];
        sum += difference;
        squares += difference * difference;
      }
    }
    const double count = kBlocks * world.cases;
    EXPECT_NEAR(sum / count, 0, 4 * world.own / std::sqrt(count)) << noise_name(noise);
    EXPECT_NEAR(std::sqrt(squares / count), world.own, 0.05 * world.own) << noise_name(noise);
  }
}

TEST(Machine, OnlyTheShiftedCasesOfHeadAreSlower) {
  World world;
  world.own = 0;
  world.shift = 0.1;
  Machine machine(world, 1);
  const std::vector<double> base = machine.process(false), head = machine.process(true);
  EXPECT_EQ(base[0], 0);
  EXPECT_NEAR(head[3], std::log(1.1), 1e-15);
  EXPECT_EQ(head[4], 0);
}

TEST(Trial, ARunDependsOnItsSeedAlone) {
  World world;
  const Rates once = try_ab_rule(world, 2, 5), again = try_ab_rule(world, 2, 5);
  EXPECT_EQ(once.blocks, again.blocks);
  EXPECT_EQ(once.unchanged, again.unchanged);
}

}  // namespace
}  // namespace warpgauge::power
