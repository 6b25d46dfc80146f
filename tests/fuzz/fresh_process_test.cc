#include "fuzz/fresh_process.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace warpgauge {
namespace {

FuzzCase numbered(std::uint64_t seed) {
  FuzzCase c;
  c.seed = seed;
  return c;
}

CaseSequence cases(std::uint64_t count) {
  CaseSequence all;
  for (std::uint64_t seed = 0; seed < count; ++seed) all.push_back(numbered(seed));
  return all;
}

std::vector<std::uint64_t> seeds_of(const std::optional<CaseSequence>& sequence) {
  std::vector<std::uint64_t> seeds;
  if (sequence)
    for (const FuzzCase& c : *sequence) seeds.push_back(c.seed);
  return seeds;
}

bool holds(const CaseSequence& sequence, std::uint64_t seed) {
  return std::find(sequence.begin(), sequence.end(), numbered(seed)) != sequence.end();
}

TEST(ShortestFailingSequence, HoldsTheCasesThatAreNeededInTheirOrder) {
  int calls = 0;
  const auto needs_three = [&](const CaseSequence& s) {
    return ++calls, holds(s, 700) && holds(s, 701) && holds(s, 950);
  };
  EXPECT_EQ(seeds_of(shortest_failing_sequence(cases(1000), numbered(1000), needs_three)),
            (std::vector<std::uint64_t>{700, 701, 950, 1000}));
  EXPECT_LT(calls, 120);
}

TEST(ShortestFailingSequence, MayNeedTheFirstCaseOnly) {
  const auto needs_first = [](const CaseSequence& s) { return holds(s, 0); };
  EXPECT_EQ(seeds_of(shortest_failing_sequence(cases(100), numbered(100), needs_first)),
            (std::vector<std::uint64_t>{0, 100}));
}

TEST(ShortestFailingSequence, OfANumberOfCasesHasThatNumber) {
  const auto needs_five = [](const CaseSequence& s) { return s.size() >= 6; };
  EXPECT_EQ(seeds_of(shortest_failing_sequence(cases(100), numbered(100), needs_five)).size(), 6u);
}

TEST(ShortestFailingSequence, IsNothingIfNoneFails) {
  const auto never = [](const CaseSequence&) { return false; };
  EXPECT_FALSE(shortest_failing_sequence(cases(10), numbered(10), never));
  EXPECT_FALSE(shortest_failing_sequence({}, numbered(10), never));
}

TEST(ShortestFailingSequence, IsTheShortestSoFarIfTheTimeEnds) {
  int calls = 0;
  const auto until = [&](const CaseSequence& s) {
    if (++calls > 5) throw SearchEnded();
    return s.size() > 8;
  };
  EXPECT_EQ(seeds_of(shortest_failing_sequence(cases(10), numbered(10), until)).size(), 9u);
}

}  // namespace
}  // namespace warpgauge
