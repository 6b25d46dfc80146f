#include "compare/statistics/difference_rule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace warpgauge {
namespace {

constexpr Limits kNone{0, 0, 0};

const ByDifference* by_difference(const Decision& decision) {
  return std::get_if<ByDifference>(&decision.why);
}

std::optional<Decision> zeros(const std::vector<double>& base, const std::vector<double>& head,
                              const Limits& limits) {
  return decide_zeros(base, head, limits);
}

Effect unpaired(const std::vector<double>& base, const std::vector<double>& head, Unit unit,
                const Limits& limits = kNone) {
  return unpaired_difference(base, head, limits, unit);
}

TEST(ExactRule, any_difference_beyond_the_limit_is_a_change_without_a_test) {
  EXPECT_EQ(decide_exact({{2, 2}, {3, 3}, kNone}).decided, Decided::regression);
  EXPECT_EQ(decide_exact({{3, 3}, {2, 2}, kNone}).decided, Decided::improvement);
  EXPECT_EQ(decide_exact({{0, 0}, {0, 0}, kNone}).decided, Decided::unchanged);
  EXPECT_EQ(decide_exact({{0, 0}, {2, 2}, kNone}).decided, Decided::regression);
  EXPECT_EQ(decide_exact({{-3, -3}, {-2, -2}, kNone}).decided, Decided::regression);
  const Decision worse = decide_exact({{2, 2}, {3, 3}, kNone});
  EXPECT_EQ(worse.difference, 1);
  EXPECT_TRUE(by_difference(worse)->exact);
  EXPECT_EQ(worse.p, 1);  // there is none
}

TEST(ExactRule, a_difference_within_the_limit_is_unchanged) {
  const Limits limits{1, -0.5, 0};
  EXPECT_EQ(decide_exact({{2, 2}, {3, 3}, limits}).decided, Decided::unchanged);
  EXPECT_EQ(decide_exact({{2, 2}, {3.5, 3.5}, limits}).decided, Decided::regression);
  EXPECT_EQ(decide_exact({{2, 2}, {1.5, 1.5}, limits}).decided, Decided::unchanged);
  EXPECT_EQ(decide_exact({{2, 2}, {1.4, 1.4}, limits}).decided, Decided::improvement);
}

TEST(ExactRule, numbers_that_differ_within_a_side_decide_nothing) {
  const Decision head = decide_exact({{2, 2}, {5, 6}, kNone});
  EXPECT_EQ(head.decided, Decided::inconclusive);
  EXPECT_EQ(std::get<ExactVaries>(head.why), (ExactVaries{Side::head, 5, 6}));
  EXPECT_EQ(std::get<ExactVaries>(decide_exact({{1, 2}, {3, 3}, kNone}).why).side, Side::base);
}

TEST(ZeroRule, zeros_of_one_side_and_none_of_the_other_need_no_test) {
  EXPECT_EQ(zeros({0}, {0}, kNone)->decided, Decided::unchanged);
  EXPECT_EQ(zeros({0}, {2}, kNone)->decided, Decided::regression);
  EXPECT_EQ(zeros({2}, {0}, kNone)->decided, Decided::improvement);
  EXPECT_EQ(zeros({0, 0}, {2, 1}, {2, -2, 0})->decided, Decided::unchanged);
  EXPECT_EQ(zeros({0, NAN}, {2, 3}, kNone)->difference, 2.5);
}

TEST(ZeroRule, zeros_beside_other_numbers_need_a_test) {
  EXPECT_FALSE(zeros({0, 1}, {2, 2}, kNone));
  EXPECT_FALSE(zeros({0}, {0, 2}, kNone));
  EXPECT_FALSE(zeros({-1}, {2}, kNone));
  EXPECT_FALSE(zeros({NAN}, {2}, kNone));
}

TEST(DifferenceRule, units_give_the_variance_of_students_t) {
  const Effect effect = unpaired({1, 2, 3}, {4, 5, 9}, Unit::process);
  EXPECT_DOUBLE_EQ(effect.absolute.value, 4);
  EXPECT_DOUBLE_EQ(effect.absolute.df, 4);
  EXPECT_DOUBLE_EQ(effect.absolute.variance, (2.0 + 14.0) / 4 * (2.0 / 3));
}

TEST(DifferenceRule, fewer_than_three_units_per_side_give_none) {
  EXPECT_EQ(unpaired({1, 2, 3}, {4, 5}, Unit::process).absolute.df, 0);
  EXPECT_EQ(unpaired({1, 2}, {4, 5, 6}, Unit::round).absolute.df, 0);
  EXPECT_EQ(unpaired({1, 2, 3}, {4}, Unit::round).absolute.df, 2);
  EXPECT_EQ(unpaired({NAN}, {4}, Unit::process).units, 0);
}

TEST(DifferenceRule, blocks_give_the_variance_of_their_differences) {
  const Effect effect = paired_difference(std::vector<double>{1, NAN, 3}, kNone);
  EXPECT_DOUBLE_EQ(effect.absolute.value, 2);
  EXPECT_DOUBLE_EQ(effect.absolute.df, 1);
  EXPECT_DOUBLE_EQ(effect.absolute.variance, 1);
}

TEST(DifferenceRule, the_decision_says_what_it_rests_on) {
  Effect effect = unpaired({0, 1}, {4, 5}, Unit::process);
  Verdict verdict;
  EXPECT_TRUE(std::get<DifferenceOpen>(difference_decision(effect, verdict).why).too_few_units);
  effect = unpaired({0, 1, 2}, {4, 5, 6}, Unit::process, {2, -3, 1});
  verdict.decided = Decided::regression;
  verdict.p = 0.001;
  const Decision decision = difference_decision(effect, verdict);
  EXPECT_EQ(*by_difference(decision), (ByDifference{false, 2}));
  EXPECT_EQ(decision.difference, 4);
  EXPECT_EQ(decision.p, 0.001);
  EXPECT_EQ(decision.units, 0);  // there is no ratio
}

TEST(DifferenceDecision, names_the_limit_that_decided) {
  const Effect effect = unpaired({0, 0, 0}, {0, 0, 0}, Unit::process, {3, -2, 1});
  for (const auto& [decided, limit] :
       {std::pair(Decided::regression, 3), {Decided::improvement, 2}, {Decided::unchanged, 1}}) {
    Verdict verdict;
    verdict.decided = decided;
    const Decision decision = difference_decision(effect, verdict);
    ASSERT_TRUE(by_difference(decision));
    EXPECT_EQ(by_difference(decision)->limit, limit);
  }
}

}  // namespace
}  // namespace warpgauge
