#include "compare/statistics/ab_rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "tests/compare/statistics_test_support.h"

namespace warpgauge {
namespace {

using power::Machine;
using power::World;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(AbRule, OddBlocksMirrorTheOrderOfEvenBlocks) {
  const bool even[] = {false, true, true, false};
  for (int position = 0; position < kPositions; ++position) {
    EXPECT_EQ(is_head(0, position), even[position]);
    EXPECT_EQ(is_head(1, position), !even[position]);
    EXPECT_EQ(is_head(2, position), even[position]);
  }
}

TEST(AbRule, BlocksDoubleBetweenInterimAnalyses) {
  EXPECT_EQ(look_blocks({6, 24}), (std::vector<int>{6, 12, 24}));
  EXPECT_EQ(look_blocks({5, 24}), (std::vector<int>{5, 10, 20, 24}));
  EXPECT_EQ(look_blocks({8, 8}), (std::vector<int>{8}));
}

TEST(AbRule, AQuietRunIsDecidedAtTheFirstInterimAnalysis) {
  const World world = small_world(30, 1, 0.05, 0.002);
  Machine machine(world, 1);
  AbRule rule(machine.cases(), {});
  const AbOutcome outcome = run(rule, machine);
  EXPECT_EQ(outcome.looks, 1);
  EXPECT_EQ(outcome.blocks, 6);
  const Decision& slower = outcome.decisions[0];
  EXPECT_EQ(slower.decided, Decided::regression);
  EXPECT_NEAR(slower.log_ratio, std::log(1.05), 0.005);
  EXPECT_LT(slower.log_ci_low, std::log(1.05));
  EXPECT_GT(slower.log_ci_high, std::log(1.05));
  EXPECT_LE(slower.p_adjusted, 0.01);
  EXPECT_EQ(slower.more_units, 0);
  EXPECT_EQ(slower.why, DecisionWhy(ChangeProved{Margins().fail_above, {}}));
  for (std::size_t c = 1; c < 30; ++c) EXPECT_EQ(outcome.decisions[c].decided, Decided::unchanged);
  EXPECT_EQ(outcome.null_control.verdict, NullVerdict::passed);
  EXPECT_EQ(outcome.null_control.pairs, 3);
  ASSERT_TRUE(outcome.shared);
  EXPECT_EQ(outcome.shared->decided, Decided::unchanged);
}

TEST(AbRule, AFasterHeadIsAnImprovement) {
  const World world = small_world(30, 2, -0.05, 0.002);
  Machine machine(world, 2);
  AbRule rule(machine.cases(), {});
  const AbOutcome outcome = run(rule, machine);
  EXPECT_EQ(outcome.decisions[0].decided, Decided::improvement);
  EXPECT_EQ(outcome.decisions[1].decided, Decided::improvement);
  EXPECT_EQ(outcome.decisions[2].decided, Decided::unchanged);
  EXPECT_TRUE(std::holds_alternative<ChangeProved>(outcome.decisions[0].why));
  EXPECT_EQ(outcome.decisions[2].why, DecisionWhy(SameProved{Margins().same_within}));
}

TEST(AbRule, LaterPanelsHoldOpenCasesAndDecidedOnesThatKeepTheirVerdicts) {
  const World world = small_world(100, 3, 0.03, 0.0095);
  Machine machine(world, 3);
  AbRule rule(machine.cases(), {});
  rule.take(blocks_for(*rule.next(), machine));
  const std::vector<Decided> first = rule.decided();
  const AbLook* second = rule.next();
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(second->first_block, 6);
  EXPECT_EQ(second->last_block, 12);
  EXPECT_GE(second->cases.size(), 12u);
  EXPECT_LT(second->cases.size(), 100u);
  EXPECT_TRUE(std::ranges::is_sorted(second->cases));
  for (std::size_t c = 0; c < first.size(); ++c) {
    if (first[c] == Decided::inconclusive) {
      EXPECT_TRUE(std::ranges::binary_search(second->cases, c));
    }
  }
  const AbOutcome outcome = run(rule, machine);
  for (std::size_t c = 0; c < first.size(); ++c) {
    if (first[c] != Decided::inconclusive) {
      EXPECT_EQ(outcome.decisions[c].decided, first[c]);
    }
  }
}

TEST(AbRule, TheSeedDrawsTheDecidedCasesOfAPanel) {
  const World world = small_world(100, 1, 0.03, 0.0075);
  std::vector<std::size_t> drawn[3];
  for (int i = 0; i < 3; ++i) {
    Machine machine(world, 5);
    AbPlan plan;
    plan.seed = i == 2 ? 7 : 0;
    plan.panel = 60;
    AbRule rule(machine.cases(), plan);
    rule.take(blocks_for(*rule.next(), machine));
    ASSERT_NE(rule.next(), nullptr);
    drawn[i] = rule.next()->cases;
    EXPECT_EQ(drawn[i].size(), 60u);
  }
  EXPECT_EQ(drawn[0], drawn[1]);
  EXPECT_NE(drawn[0], drawn[2]);
}

TEST(AbRule, ANoisyMachineIsInconclusiveWithMdeAndSampleSize) {
  const World world = small_world(10, 0, 0, 0.05);
  Machine machine(world, 4);
  AbRule rule(machine.cases(), {6, 12});
  const AbOutcome outcome = run(rule, machine);
  EXPECT_EQ(outcome.blocks, 12);
  for (const Decision& decision : outcome.decisions) {
    EXPECT_EQ(decision.decided, Decided::inconclusive);
    EXPECT_GT(decision.mde, 0.03);
    EXPECT_EQ(decision.why, DecisionWhy(NotProved{}));
  }
  EXPECT_TRUE(
      std::ranges::any_of(outcome.decisions, [](const Decision& one) { return one.more_units > 12; }));
}

TEST(AbRule, FewCasesHaveNoRelativeTest) {
  const World world = small_world(1, 1, 0.1, 0.003);
  Machine machine(world, 6);
  AbRule rule(machine.cases(), {});
  const AbOutcome outcome = run(rule, machine);
  EXPECT_EQ(outcome.decisions[0].decided, Decided::regression);
  EXPECT_FALSE(outcome.shared);
}

TEST(AbRule, ACaseWithoutATimeIsDroppedAndTheRunContinues) {
  const World world = small_world(10, 1, 0.05, 0.002);
  Machine machine(world, 7);
  AbRule rule(machine.cases(), {});
  std::vector<AbBlock> blocks = blocks_for(*rule.next(), machine);
  blocks[3].numbers[4][2] = std::numeric_limits<double>::quiet_NaN();
  rule.take(blocks);
  const AbOutcome outcome = rule.outcome();
  EXPECT_EQ(outcome.decisions[4].decided, Decided::inconclusive);
  EXPECT_EQ(outcome.decisions[4].why, DecisionWhy(NoTime{}));
  EXPECT_EQ(outcome.decisions[0].decided, Decided::regression);
  EXPECT_EQ(outcome.decisions[5].decided, Decided::unchanged);
}

TEST(AbRule, ACaseThatTheDriverDropsIsNotRunAgain) {
  const World world = small_world(10, 0, 0, 0.05);
  Machine machine(world, 8);
  AbRule rule(machine.cases(), {});
  rule.take(blocks_for(*rule.next(), machine));
  rule.drop(2, Dropped{Side::head, "it crashed"});
  rule.take(blocks_for(*rule.next(), machine));
  ASSERT_NE(rule.next(), nullptr);
  EXPECT_FALSE(std::ranges::binary_search(rule.next()->cases, std::size_t{2}));
  EXPECT_EQ(rule.outcome().decisions[2].why, DecisionWhy(Dropped{Side::head, "it crashed"}));
}

TEST(AbRule, ADecidedCaseKeepsItsVerdictIfDroppedLater) {
  // Some cases are decided at the first interim analysis, others are not.
  const World world = small_world(60, 4, -0.05, 0.0095);
  Machine machine(world, 3);
  AbRule rule(machine.cases(), {});
  rule.take(blocks_for(*rule.next(), machine));
  const std::vector<Decided> first = rule.decided();
  const auto faster = std::ranges::find(first, Decided::improvement);
  ASSERT_NE(faster, first.end());
  ASSERT_NE(rule.next(), nullptr);
  const auto dropped = static_cast<std::size_t>(faster - first.begin());
  rule.drop(dropped, Dropped{Side::head, "it crashed"});
  const AbOutcome outcome = run(rule, machine);
  EXPECT_EQ(outcome.decisions[dropped].decided, Decided::improvement);
  EXPECT_TRUE(std::holds_alternative<ChangeProved>(outcome.decisions[dropped].why));
}

TEST(AbRule, ControlsRunAtEveryInterimAnalysis) {
  World world = small_world(60, 2, 0.03, 0.0095);
  world.controls = 5;
  Machine machine(world, 3);
  const std::vector<AbCase> cases = machine.cases();
  AbRule rule(cases, {});
  rule.take(blocks_for(*rule.next(), machine));
  ASSERT_NE(rule.next(), nullptr);
  for (std::size_t c = 0; c < cases.size(); ++c) {
    if (cases[c].control) {
      EXPECT_TRUE(std::ranges::binary_search(rule.next()->cases, c)) << c;
    }
  }
}

// After t of B blocks, (t / B)^2.5 of alpha is spent: little at first.
TEST(AbRule, AlphaIsSpentSlowly) {
  // 5 cases, so that Holm's adjustment is small. The deviation puts one case's p between the level of the
  // first of three interim analyses (.01 / 32, halved, over 5 cases) and all of alpha.
  int early = 0, single = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const World world = small_world(5, 1, 0.04, 0.0095);
    Machine looked(world, seed), once(world, seed);
    AbRule rule(looked.cases(), {6, 24}), one_look(once.cases(), {6, 6});
    rule.take(blocks_for(*rule.next(), looked));
    one_look.take(blocks_for(*one_look.next(), once));
    early += rule.decided()[0] == Decided::regression;
    single += one_look.decided()[0] == Decided::regression;
    const Decision first = rule.outcome().decisions[0];
    EXPECT_EQ(first.decided == Decided::regression, first.p_adjusted <= 0.01) << "seed " << seed;
  }
  EXPECT_GE(single, early + 10) << early << " of 40 at the first of three interim analyses, " << single
                                << " at a single one";
}

// "Unchanged" is tested at half of what remains of .05, and at all of it at the last interim analysis.
TEST(AbRule, UnchangedNeedsMoreBeforeTheLastInterimAnalysis) {
  int early = 0, single = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const World world = small_world(8, 0, 0, 0.01);
    Machine looked(world, seed), once(world, seed);
    AbRule rule(looked.cases(), {6, 24}), one_look(once.cases(), {6, 6});
    rule.take(blocks_for(*rule.next(), looked));
    one_look.take(blocks_for(*one_look.next(), once));
    early += static_cast<int>(std::ranges::count(rule.decided(), Decided::unchanged));
    single += static_cast<int>(std::ranges::count(one_look.decided(), Decided::unchanged));
  }
  EXPECT_GT(single, early * 1.1) << early << " of 320 at the first of three interim analyses, " << single
                                 << " at a single one";
}

TEST(AbRule, InterruptedBeforeTheFirstInterimAnalysisEveryCaseIsNotAnalysed) {
  const AbRule rule(std::vector<AbCase>(3), {});
  const AbOutcome outcome = rule.outcome();
  ASSERT_EQ(outcome.decisions.size(), 3u);
  EXPECT_EQ(outcome.decisions[0].decided, Decided::inconclusive);
  EXPECT_EQ(outcome.decisions[0].why, DecisionWhy(NotAnalysed{}));
  EXPECT_EQ(outcome.null_control.verdict, NullVerdict::not_available);
}

TEST(AbRule, ControlsFindACommonSlowDownOnANoisyMachine) {
  World world = small_world(40, 35, 0.03, 0.004);
  world.shared = 0.03;
  int regressions[2] = {0, 0};
  for (const int controls : {0, 5}) {
    world.controls = controls;
    Machine machine(world, 9);
    AbRule rule(machine.cases(), {});
    const AbOutcome outcome = run(rule, machine);
    for (const Decision& decision : outcome.decisions)
      regressions[controls > 0] += decision.decided == Decided::regression;
  }
  EXPECT_EQ(regressions[0], 0);
  EXPECT_GE(regressions[1], 33);
}

TEST(AbRule, AHeadThatIsSlowNowAndThenIsNotUnchanged) {
  World world = small_world(30, 30, 0.5, 0.002);
  world.slow_one_in = 6;
  Machine machine(world, 3);
  AbRule rule(machine.cases(), {});
  const AbOutcome outcome = run(rule, machine);
  EXPECT_EQ(outcome.looks, 3) << "another interim analysis follows";
  for (const Decision& decision : outcome.decisions) {
    EXPECT_EQ(decision.decided, Decided::inconclusive);
    const auto* why = std::get_if<DependsOnExclusion>(&decision.why);
    ASSERT_NE(why, nullptr);
    EXPECT_EQ(why->otherwise, Decided::unchanged);
    EXPECT_GT(why->log_ratio_with_excluded, 0.05);
    EXPECT_EQ(why->excluded, outcome.excluded);
  }
  ASSERT_EQ(outcome.excluded.size(), 1u);
  EXPECT_TRUE(outcome.excluded[0].slower);
  EXPECT_EQ(outcome.excluded[0].units, 24u);
  EXPECT_EQ(outcome.excluded[0].numbers.size(), 8u);
  EXPECT_NEAR(std::exp(outcome.excluded[0].log_shift), 1.22, 0.01);
}

// One bad process on either side costs at most one more interim analysis.
TEST(AbRule, ASingleSlowBlockOfTwelveIsAttributedToTheMachine) {
  World world = small_world(30, 0, 0, 0.002);
  world.noise = power::Noise::bad_process;
  for (const std::uint64_t seed : {1, 2, 3, 4}) {
    Machine machine(world, seed);
    AbRule rule(machine.cases(), {});
    const AbOutcome outcome = run(rule, machine);
    EXPECT_LE(outcome.looks, 2);
    for (const Decision& decision : outcome.decisions) EXPECT_EQ(decision.decided, Decided::unchanged);
  }
}

TEST(AbRule, InvalidPlansThrow) {
  EXPECT_THROW(AbRule({}, {1, 24}), std::invalid_argument);
  EXPECT_THROW(AbRule({}, {6, 5}), std::invalid_argument);
  EXPECT_THROW(AbRule({}, {6, 24, 0}), std::invalid_argument);
  EXPECT_THROW(AbRule({}, {6, 24, 1}), std::invalid_argument);
  EXPECT_THROW(AbRule({}, {6, 24, 0.01, 4}), std::invalid_argument);
  AbRule rule(std::vector<AbCase>(3), {});
  EXPECT_THROW(rule.take({}), std::invalid_argument);
  EXPECT_THROW(rule.take(std::vector<AbBlock>(6)), std::invalid_argument)
      << "blocks without a row for each case";
  AbRule none({}, {});
  EXPECT_EQ(none.next(), nullptr);
  EXPECT_THROW(none.take({}), std::invalid_argument);
  EXPECT_TRUE(std::isinf(none.outcome().mde));
}

}  // namespace
}  // namespace warpgauge
