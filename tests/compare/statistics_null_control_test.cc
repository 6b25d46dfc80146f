#include "compare/statistics/null_control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/compare/statistics_test_support.h"

namespace warpgauge {
namespace {

using power::Machine;
using power::World;
using testing::HasSubstr;

// A run whose processes alternate in a way that a drift cannot explain.
TEST(NullControl, IfBaseDiffersFromBaseARegressionIsInconclusive) {
  const World world = small_world(20, 1, 0.05, 0.002);
  Machine machine(world, 10);
  AbRule rule(machine.cases(), {6, 6});
  std::vector<AbBlock> blocks = blocks_for(*rule.next(), machine);
  // Case 7: in a pair of blocks, the outer processes of each side are slow, the inner ones are not.
  for (std::size_t b = 0; b < blocks.size(); ++b)
    for (const std::size_t position : {b % 2 * 2, 1 + b % 2 * 2}) blocks[b].numbers[7][position] += 0.1;
  rule.take(blocks);
  const AbOutcome outcome = rule.outcome();
  EXPECT_EQ(outcome.null_control.verdict, NullVerdict::failed);
  EXPECT_EQ(outcome.null_control.flagged, std::vector<std::size_t>{7});
  EXPECT_EQ(outcome.decisions[0].decided, Decided::inconclusive);
  EXPECT_EQ(outcome.decisions[0].why, DecisionWhy(NullControlFailed{Decided::regression}));
  EXPECT_EQ(outcome.decisions[5].decided, Decided::unchanged);
}

// A machine that becomes slower from process to process, each case at its own rate.
std::vector<AbBlock> drifting_blocks() {
  std::vector<AbBlock> blocks(6);
  int process = 0;
  for (AbBlock& block : blocks) {
    block.numbers.resize(6);
    for (int position = 0; position < kPositions; ++position, ++process)
      for (std::size_t c = 0; c < 6; ++c)
        block.numbers[c][static_cast<std::size_t>(position)] =
            0.02 * static_cast<double>(c) * process +
            1e-4 * std::sin(7.0 * process + 3.0 * static_cast<double>(c));
  }
  return blocks;
}

TEST(NullControl, ADriftIsNotAFailure) {
  EXPECT_EQ(null_control(drifting_blocks(), std::vector<Margins>(6), 0.01).verdict, NullVerdict::passed);
}

TEST(NullControl, ADriftDoesNotHideAFailure) {
  std::vector<AbBlock> blocks = drifting_blocks();
  for (std::size_t b = 0; b < blocks.size(); ++b)
    for (const std::size_t position : {b % 2 * 2, 1 + b % 2 * 2}) blocks[b].numbers[5][position] += 0.05;
  const NullControl control = null_control(blocks, std::vector<Margins>(6), 0.01);
  EXPECT_EQ(control.verdict, NullVerdict::failed);
  EXPECT_EQ(control.flagged, std::vector<std::size_t>{5});
}

TEST(NullControl, ADifferenceInEitherDirectionIsAFailure) {
  for (const double change : {0.05, -0.05}) {
    std::vector<AbBlock> blocks = drifting_blocks();
    for (std::size_t b = 0; b < blocks.size(); ++b)
      for (const std::size_t position : {b % 2 * 2, 1 + b % 2 * 2}) blocks[b].numbers[5][position] += change;
    EXPECT_EQ(null_control(blocks, std::vector<Margins>(6), 0.01).verdict, NullVerdict::failed) << change;
  }
}

TEST(NullControl, FewerThanThreePairsGiveNoControl) {
  const std::vector<AbBlock> blocks(5, AbBlock{{{0, 0, 0, 0}}});
  const NullControl control = null_control(blocks, std::vector<Margins>(1), 0.01);
  EXPECT_EQ(control.verdict, NullVerdict::not_available);
  EXPECT_EQ(control.pairs, 2);
}

}  // namespace
}  // namespace warpgauge
