// The simulation itself: its numbers have the stated deviations, and its rivals agree with published
// software.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "compare/statistics/power/rivals.h"
#include "compare/statistics/power/targets.h"
#include "compare/statistics/power/trial.h"

namespace warpgauge::power {
namespace {

TEST(Rivals, MannWhitneyAgreesWithScipy) {
  // scipy.stats.mannwhitneyu's documentation: males and females, method="asymptotic".
  const double males[] = {19, 22, 16, 29, 24}, females[] = {20, 11, 17, 12};
  EXPECT_NEAR(mann_whitney_p(males, females), 0.11134688653314041, 1e-12);
  // scipy 1.17.1, with ties.
  const double x[] = {1, 2, 2, 3, 5}, y[] = {2, 4, 4, 6, 7, 8};
  EXPECT_NEAR(mann_whitney_p(x, y), 0.07934368319771502, 1e-12);
  const double equal[] = {1, 1};
  EXPECT_EQ(mann_whitney_p(equal, equal), 1);
}

TEST(Machine, ABlocksDifferenceHasTheDeviationOfItsWorld) {
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

// At .05 and without adjustment, some of 196 equal cases differ in every run: about one in twenty.
TEST(Trial, DecisionsAreCounted) {
  World world;
  const RivalRates three = try_rivals(world, 10, 1);
  EXPECT_EQ(three.mann_whitney.run_false_positive, 1);
  EXPECT_EQ(three.mann_whitney.run_fails, 1);
  EXPECT_LT(three.mann_whitney.unchanged, 0.95);
  world.own = 0.001;
  for (const double sign : {1.0, -0.5}) {
    world.shift = 0.5 * sign;
    const Rates far = try_rivals(world, 10, 1).threshold;
    EXPECT_EQ(far.run_false_positive, 0);
    EXPECT_EQ(far.run_fails, sign > 0 ? 1 : 0);
    EXPECT_EQ(far.found, 1);
    EXPECT_EQ(far.shifted_unchanged, 0);
    EXPECT_EQ(far.unchanged, 1);
  }
  world.shift = 0.0001;
  EXPECT_EQ(try_rivals(world, 10, 1).threshold.shifted_unchanged, 1);
  EXPECT_EQ(try_rivals(world, 10, 1).threshold.found, 0);
}

TEST(Trial, AllRulesFindALargeShift) {
  World world;
  world.cases = 20;
  world.own = 0.002;
  world.shift = 0.1;
  for (const Rates& rates : {try_ab_rule(world, 3, 1), try_baseline_rule(world, 10, 3, 3, 1),
                             try_unpaired_rule(world, 8, 8, 0.05, 3, 1)}) {
    EXPECT_EQ(rates.found, 1);
    EXPECT_EQ(rates.run_fails, 1);
    EXPECT_EQ(rates.run_false_positive, 0);
    EXPECT_GT(rates.unchanged, 0.9);
  }
  EXPECT_EQ(try_ab_rule(world, 3, 1).blocks, 6);
}

TEST(Targets, FewRunsGetASlackOfTwoStandardErrors) {
  const auto misses = [](int few_runs, auto expect) {
    Targets targets(few_runs);
    expect(targets);
    return targets.missed();
  };
  EXPECT_FALSE(misses(0, [](Targets& t) { t.at_least("w", "found", 0.97, 0.97); }));
  EXPECT_TRUE(misses(0, [](Targets& t) { t.at_least("w", "found", 0.969, 0.97); }));
  EXPECT_FALSE(misses(0, [](Targets& t) { t.at_least("w", "found", 0, 0); })) << "no target";
  EXPECT_FALSE(misses(0, [](Targets& t) { t.at_most("w", "false positives", 0.01, 0.01); }));
  EXPECT_TRUE(misses(0, [](Targets& t) { t.at_most("w", "false positives", 0.0101, 0.01); }));
  EXPECT_TRUE(misses(0, [](Targets& t) { t.less("w", "called unchanged", 0.001, 0.001); }));
  EXPECT_FALSE(misses(0, [](Targets& t) { t.less("w", "called unchanged", 0.0009, 0.001); }));
  EXPECT_FALSE(misses(0, [](Targets& t) { t.less("w", "called unchanged", 1, 1); })) << "no target";
  // With 40 runs the standard error of .97 is .027, that of .01 is .016.
  EXPECT_FALSE(misses(40, [](Targets& t) { t.at_least("w", "found", 0.92, 0.97); }));
  EXPECT_TRUE(misses(40, [](Targets& t) { t.at_least("w", "found", 0.91, 0.97); }));
  EXPECT_FALSE(misses(40, [](Targets& t) { t.at_most("w", "false positives", 0.041, 0.01); }));
  EXPECT_TRUE(misses(40, [](Targets& t) { t.at_most("w", "false positives", 0.05, 0.01); }));
  EXPECT_TRUE(misses(40, [](Targets& t) { t.at_most("w", "mean blocks", 8.1, 8); })) << "not a share";
  Targets targets(0);
  targets.at_most("w", "false positives", 0.5, 0.01);
  targets.at_most("w", "false positives", 0, 0.01);
  EXPECT_EQ(targets.summary(), "\n2 targets, 1 missed\n  MISSED w: false positives 0.5000, target <= 0.01\n");
}

TEST(Trial, ARunDependsOnlyOnItsSeed) {
  World world;
  const Rates once = try_ab_rule(world, 2, 5), again = try_ab_rule(world, 2, 5);
  EXPECT_EQ(once.blocks, again.blocks);
  EXPECT_EQ(once.unchanged, again.unchanged);
}

}  // namespace
}  // namespace warpgauge::power
