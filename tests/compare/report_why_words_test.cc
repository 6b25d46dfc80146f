#include "compare/report/why_words.h"

#include <gtest/gtest.h>

#include <cmath>

namespace warpgauge {
namespace {

// +2 % with an interval from -1 to +5 %, of 6 blocks.
Cell cell_with(Why why) {
  Cell cell;
  cell.why = std::move(why);
  cell.ratio = 1.02;
  cell.ci = {0.99, 1.05};
  cell.mde = 0.04;
  cell.units = 6;
  cell.more_units = 7;
  return cell;
}

AppliedPolicy policy_of(Unit unit) {
  AppliedPolicy policy;
  policy.unit = unit;
  return policy;
}

std::string sentence(const Cell& cell, Unit unit = Unit::block) {
  return why_sentence(cell, policy_of(unit));
}
std::string remark(const Cell& cell, Unit unit = Unit::block) {
  return why_remark(cell, policy_of(unit));
}

const ExcludedUnits kSlowHead{Side::head, true, {4}, 8, std::log(1.5)};
const ExcludedUnits kFastBase{Side::base, false, {2, 5}, 12, std::log(0.75)};

TEST(WhyWords, NotProved) {
  EXPECT_EQ(sentence(cell_with(NotProved{})),
            "not decided: +2.00 % (95 % interval: -1.00 .. +5.00 %); 6 blocks; minimum detectable effect "
            "(MDE): 4 %; "
            "about 7 more blocks would resolve this");
  EXPECT_EQ(remark(cell_with(NotProved{})), "MDE: 4 %; about 7 more blocks would resolve this");
}

TEST(WhyWords, NotProvedAndMoreUnitsWouldNotHelp) {
  Cell cell = cell_with(NotProved{});
  cell.more_units = 0;
  EXPECT_EQ(remark(cell, Unit::round), "MDE: 4 %; more rounds are unlikely to resolve this");
  cell.more_units = 1;
  EXPECT_EQ(remark(cell, Unit::round), "MDE: 4 %; about 1 more round would resolve this");
}

TEST(WhyWords, NotProvedByAnAssumedDeviation) {
  EXPECT_EQ(remark(cell_with(NotProved{.deviation_assumed = true}), Unit::round), "MDE: 4 %")
      << "a projection from an assumption says nothing; a note explains the assumption once";
}

TEST(WhyWords, ByDifference) {
  Cell cell = cell_with(ByDifference{true, 2});
  cell.metric = "allocs";
  cell.verdict = CellVerdict::unchanged;
  cell.base.value = 3;
  cell.head.value = 4;
  cell.difference = 1;
  EXPECT_EQ(sentence(cell), "within the limit of 2.000: 3.000 -> 4.000, an exact metric");
  cell.verdict = CellVerdict::regression;
  EXPECT_EQ(sentence(cell), "worse: 3.000 -> 4.000, an exact metric; beyond the limit of 2.000");
  cell.verdict = CellVerdict::unchanged;
  cell.difference = 0;
  EXPECT_EQ(sentence(cell), "equal: 4.000, an exact metric");
}

TEST(WhyWords, DifferenceOpenSaysWhatIsMissing) {
  EXPECT_EQ(remark(cell_with(DifferenceOpen{true})),
            "a number is not above 0, and there are fewer than three processes per side; measure more, or "
            "declare the metric exact in the policy");
  EXPECT_EQ(sentence(cell_with(DifferenceOpen{false})),
            "not decided: a number is not above 0, and the numbers of the processes vary too much");
}

TEST(WhyWords, NotProvedAndTheDigitsOfTheMdeAreNoise) {
  Cell cell = cell_with(NotProved{});
  cell.mde = 1.8e4;
  EXPECT_EQ(remark(cell), "MDE: more than 100 %; about 7 more blocks would resolve this");
  cell.mde.reset();
  EXPECT_EQ(remark(cell), "MDE: none; about 7 more blocks would resolve this");
}

TEST(WhyWords, ChangeProved) {
  EXPECT_EQ(sentence(cell_with(ChangeProved{0.01, {}})),
            "slower: +2.00 % (95 % interval: -1.00 .. +5.00 %); beyond the limit of 1 %; 6 blocks");
  EXPECT_EQ(sentence(cell_with(ChangeProved{0.01, std::log(1.03)}), Unit::process),
            "slower: +2.00 % (95 % interval: -1.00 .. +5.00 %), +3.00 % against the other cases; beyond the "
            "limit of "
            "1 %; 6 processes per side");
  Cell faster = cell_with(ChangeProved{0.01, {}});
  faster.ratio = 0.9;
  EXPECT_TRUE(sentence(faster).starts_with("faster: -10.0 %"));
  EXPECT_EQ(remark(faster), "");
}

TEST(WhyWords, SameProved) {
  EXPECT_EQ(sentence(cell_with(SameProved{0.015}), Unit::round), "within +-1.5 %: +2.00 %; 6 new rounds");
  EXPECT_EQ(remark(cell_with(SameProved{0.015})), "");
}

TEST(WhyWords, DependsOnExclusion) {
  EXPECT_EQ(sentence(cell_with(DependsOnExclusion{Decided::unchanged, std::log(1.053), {kSlowHead}}),
                     Unit::process),
            "not decided: unchanged only if 1 of head's 8 processes, 50 % slower, is excluded; +5.30 % if it "
            "counts");
  EXPECT_EQ(
      remark(cell_with(DependsOnExclusion{Decided::improvement, 0, {kFastBase, kSlowHead}}), Unit::process),
      "not decided: an improvement only if 1 of head's 8 processes, 50 % slower, and 2 of base's 12 "
      "processes, "
      "25 % faster, are excluded; +0.00 % if they count");
  EXPECT_EQ(
      remark(cell_with(DependsOnExclusion{Decided::unchanged, 0, {kSlowHead}})),
      "not decided: unchanged only if 1 of 8 blocks, head 50 % slower, is excluded; +0.00 % if it counts");
}

TEST(WhyWords, NullControlFailed) {
  EXPECT_EQ(sentence(cell_with(NullControlFailed{Decided::regression})),
            "not decided: the null control failed, so a regression of +2.00 % cannot be claimed");
}

TEST(WhyWords, WithoutFigures) {
  EXPECT_EQ(remark(cell_with(AllExcluded{}), Unit::round),
            "not decided: all rounds that one side has of this case were excluded as outliers");
  EXPECT_EQ(remark(cell_with(NotAnalysed{})), "not decided: the run ended before its first analysis");
  EXPECT_EQ(remark(cell_with(NoTime{})), "not decided: a process reported no time for this case");
  EXPECT_EQ(remark(cell_with(Dropped{Side::head, "exit 3"})),
            "not decided: removed from the run: head: exit 3");
}

TEST(WhyWords, OneSided) {
  EXPECT_EQ(remark(cell_with(Failed{Side::base, "base.json", "wrong", true})),
            "failed on both sides: base.json: wrong");
  EXPECT_EQ(remark(cell_with(Failed{Side::base, "base.json", "wrong"})), "failed in base: base.json: wrong");
  EXPECT_EQ(remark(cell_with(Failed{Side::head, "head.json", "wrong", false, true})),
            "failed, which --allow-failed permits: head.json: wrong");
  EXPECT_EQ(remark(cell_with(BelowResolution{0.5})),
            "below resolution: at most one clock cycle (0.500 ns) per iteration on both sides");
  EXPECT_EQ(remark(cell_with(Failed{Side::head, "head.json", "wrong at row 3"})),
            "head.json: wrong at row 3");
  EXPECT_EQ(sentence(cell_with(Absent{Side::head})), "not in head");
  EXPECT_EQ(remark(cell_with(Absent{Side::head})), "") << "the verdict says it";
  EXPECT_EQ(remark(cell_with(Skipped{Side::base, "base.json", "no GPU"})), "skipped in base.json: no GPU");
}

TEST(WhyWords, OtherMachine) {
  EXPECT_EQ(sentence(cell_with(OtherMachine{})),
            "not compared: the sides were measured on different machines");
  EXPECT_EQ(remark(cell_with(OtherMachine{})), "") << "a note says it once";
}

TEST(WhyWords, Accepted) {
  EXPECT_EQ(remark(cell_with(Accepted{2078.0})),
            "accepted: the case restarts with this round; before: 2.078 us");
  EXPECT_EQ(remark(cell_with(Accepted{})), "accepted: the case restarts with this round");
}

TEST(WhyWords, NothingToSay) {
  EXPECT_EQ(sentence(cell_with(std::monostate())), "");
}

}  // namespace
}  // namespace warpgauge
