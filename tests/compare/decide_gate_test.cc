#include "compare/decide/gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace warpgauge {
namespace {

using testing::AllOf;
using testing::DoubleNear;
using testing::Field;
using testing::Optional;

// A process of six cases of 1 us and ten repetitions; the process deviates by .1 %, and takes `factor` times
// as long.
Process process_of(std::mt19937& random, double factor) {
  std::normal_distribution<double> noise(0, 0.001);
  Process process;
  for (int c = 0; c < 6; ++c) {
    Case& one = process.cases.emplace_back();
    one.name = one.raw_name = "case" + std::to_string(c);
    const double mine = 1000 * factor * std::exp(noise(random));
    for (int r = 0; r < 10; ++r) one.repetitions.push_back({.value = mine * (1 + 0.001 * r), .samples = {}});
  }
  return process;
}

// A process a factor.
ResultSet side(const std::vector<double>& factors, unsigned seed) {
  std::mt19937 random(seed);
  ResultSet results;
  for (const double factor : factors) results.processes.push_back(process_of(random, factor));
  return results;
}

const std::vector<double> kClean(8, 1.0), kOneMishap{1, 1, 1, 1, 2, 1, 1, 1};

TEST(Gate, WhatIsReportedIsWhatWasJudged) {
  const Comparison comparison = compare_results(side(kClean, 1), side(kOneMishap, 2), {});
  ASSERT_EQ(comparison.cells.size(), 6u);
  for (const Cell& cell : comparison.cells) {
    EXPECT_EQ(cell.verdict, CellVerdict::inconclusive) << cell.name;  // head's own, perhaps
    EXPECT_THAT(cell.head, AllOf(Field(&SideSummary::value, Optional(DoubleNear(1002, 5))),
                                 Field(&SideSummary::median_ns, Optional(DoubleNear(1004, 5))),
                                 Field(&SideSummary::cv, Optional(DoubleNear(0, 0.01))),
                                 Field(&SideSummary::processes, Optional(7))));
    EXPECT_EQ(cell.base.processes, 8);
    EXPECT_NEAR(*cell.head.value / *cell.base.value, *cell.ratio, 1e-9);
  }
}

TEST(Gate, AProcessThatIsNotLeftOutCounts) {
  const Comparison comparison = compare_results(side(kClean, 1), side(kClean, 2), {});
  for (const Cell& cell : comparison.cells) EXPECT_EQ(cell.head.processes, 8);
}

// The file holds a median and nothing else.
void aggregate(ResultSet& results) {
  for (Process& process : results.processes)
    for (Case& one : process.cases) {
      one.aggregate_only = true;
      one.repetitions = {one.repetitions[one.repetitions.size() / 2]};
    }
}

TEST(Gate, AMedianIsHeldAgainstTheMedianOfAllRows) {
  // Of base the first row is cold: cut to one row, it would be all that is left of each process.
  ResultSet base = side({1, 1, 1}, 1), head = side({1.2, 1.2, 1.2}, 2);
  for (Process& process : base.processes)
    for (Case& one : process.cases) one.repetitions[0].value *= 1.5;
  aggregate(head);
  for (const Cell& cell : compare_results(base, head, {}).cells) {
    EXPECT_EQ(cell.verdict, CellVerdict::regression) << cell.name;
    EXPECT_THAT(cell.ratio, Optional(DoubleNear(1.2, 0.01)));
  }
}

}  // namespace
}  // namespace warpgauge
