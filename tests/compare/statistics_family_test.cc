// Several metrics are one family of tests.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "compare/statistics/ab_rule.h"
#include "compare/statistics/separation.h"
#include "compare/statistics/two_sample_rule.h"

namespace warpgauge {
namespace {

constexpr int kBenchmarks = 8, kUnitsPerSide = 6;

// kUnitsPerSide per side around 0; the first case is slower by `shift`.
std::vector<TwoSampleCase> noisy_cases(unsigned seed, double deviation, double shift) {
  std::mt19937 random(seed);
  std::normal_distribution<double> noise(0, deviation);
  std::vector<TwoSampleCase> cases(kBenchmarks);
  for (std::size_t c = 0; c < cases.size(); ++c)
    for (int u = 0; u < kUnitsPerSide; ++u) {
      cases[c].base.push_back(noise(random));
      cases[c].head.push_back(noise(random) + (c == 0 ? shift : 0));
    }
  return cases;
}

TwoSampleCase difference(std::vector<double> base, std::vector<double> head) {
  TwoSampleCase one;
  one.base = std::move(base);
  one.head = std::move(head);
  one.scale = NumberScale::difference;
  return one;
}

TEST(Family, one_metric_is_judged_as_without_a_family) {
  const std::vector<TwoSampleCase> cases = noisy_cases(1, 0.01, 0.05);
  const Outcome alone = decide_unpaired(cases, {});
  const Outcome in_family = decide_unpaired(std::span<const MetricCases>(&cases, 1), {}).front();
  ASSERT_EQ(alone.decisions.size(), in_family.decisions.size());
  for (std::size_t c = 0; c < alone.decisions.size(); ++c) {
    EXPECT_EQ(alone.decisions[c].p_adjusted, in_family.decisions[c].p_adjusted);
    EXPECT_EQ(alone.decisions[c].mde, in_family.decisions[c].mde);
  }
}

TEST(Family, holm_counts_the_cases_of_all_metrics) {
  const std::vector<TwoSampleCase> cases = noisy_cases(1, 0.01, 0.03);
  const std::vector<MetricCases> metrics{cases, noisy_cases(2, 0.01, 0)};
  const Decision alone = decide_unpaired(cases, {}).decisions[0];
  const Decision of_two = decide_unpaired(metrics, {})[0].decisions[0];
  EXPECT_EQ(alone.p, of_two.p);
  // 2, but for the rank among the cases of the other metric.
  EXPECT_GT(of_two.p_adjusted / alone.p_adjusted, 1.5);
  EXPECT_GT(of_two.mde, alone.mde);
}

TEST(Family, each_metric_has_its_own_noise) {
  const std::vector<MetricCases> metrics{noisy_cases(1, 0.001, 0.03), noisy_cases(2, 0.2, 0)};
  const std::vector<Outcome> outcomes = decide_unpaired(metrics, {});
  EXPECT_EQ(outcomes[0].decisions[0].decided, Decided::regression);
  EXPECT_LT(outcomes[0].mde, 0.02);
  EXPECT_GT(outcomes[1].mde, 0.2);
}

TEST(Family, differences_are_tested_in_it) {
  const TwoSampleCase worse = difference({0, 1, 0, 1, 0, 1}, {40, 41, 40, 41, 40, 41});
  const TwoSampleCase open = difference({0, 5, 9}, {1, 4, 12}), zeros = difference({0, 0, 0}, {0, 0, 0});
  const std::vector<MetricCases> metrics{{zeros, worse, open}, noisy_cases(1, 0.01, 0)};
  const std::vector<Outcome> outcomes = decide_unpaired(metrics, {});
  ASSERT_EQ(outcomes[0].decisions.size(), 3u);
  EXPECT_EQ(outcomes[0].decisions[0].decided, Decided::unchanged);
  EXPECT_EQ(outcomes[0].decisions[1].decided, Decided::regression);
  EXPECT_GT(outcomes[0].decisions[1].p_adjusted, outcomes[0].decisions[1].p);
  EXPECT_EQ(outcomes[0].decisions[2].decided, Decided::inconclusive);
  EXPECT_EQ(outcomes[1].decisions.size(), static_cast<std::size_t>(kBenchmarks));
}

TEST(Family, holm_counts_the_cases_of_both_scales) {
  const TwoSampleCase worse = difference({0, 1, 0, 1, 0, 1}, {2, 3, 2, 3, 2, 3});
  const TwoSampleCase open = difference({0, 5, 9}, {1, 4, 12});
  const std::vector<TwoSampleCase> by_log = noisy_cases(1, 0.01, 0.06);
  const double alone = decide_unpaired(by_log, {}).decisions[0].p_adjusted;
  const std::vector<MetricCases> metrics{MetricCases(30, open), by_log};
  EXPECT_GT(decide_unpaired(metrics, {})[1].decisions[0].p_adjusted, 2 * alone);
  const std::vector<MetricCases> other{{worse}, noisy_cases(2, 0.01, 0)};
  const Decision of_difference = decide_unpaired(other, {})[0].decisions[0];
  EXPECT_GT(of_difference.p_adjusted, 4 * of_difference.p);
}

TEST(Family, cases_of_both_scales_keep_their_order) {
  MetricCases mixed = noisy_cases(1, 0.01, 0.05);
  const Outcome by_log = decide_unpaired(std::span<const MetricCases>(&mixed, 1), {}).front();
  mixed.insert(mixed.begin() + 1, difference({0, 0, 0}, {0, 0, 0}));
  mixed.insert(mixed.begin(), difference({0, 1, 0, 1, 0, 1}, {40, 41, 40, 41, 40, 41}));
  const std::vector<Decision> decisions =
      decide_unpaired(std::span<const MetricCases>(&mixed, 1), {}).front().decisions;
  ASSERT_EQ(decisions.size(), mixed.size());
  EXPECT_EQ(decisions[0].difference, 40.0);
  EXPECT_EQ(decisions[1].log_ratio, by_log.decisions[0].log_ratio);
  EXPECT_EQ(decisions[2].difference, 0.0);
  for (std::size_t c = 3; c < mixed.size(); ++c)
    EXPECT_EQ(decisions[c].log_ratio, by_log.decisions[c - 2].log_ratio);
}

// Blocks of kBenchmarks benchmarks and two metrics; `change(case)` is what head has on top.
std::vector<AbBlock> blocks_of_two(const AbLook& look, unsigned seed, double (*change)(std::size_t)) {
  std::mt19937 random(seed + static_cast<unsigned>(look.first_block));
  std::normal_distribution<double> noise(0, 0.005);
  std::vector<AbBlock> blocks;
  for (int b = look.first_block; b < look.last_block; ++b) {
    AbBlock& block = blocks.emplace_back();
    for (std::size_t c = 0; c < 2 * kBenchmarks; ++c) {
      auto& numbers = block.numbers.emplace_back();
      for (int position = 0; position < kPositions; ++position)
        numbers[static_cast<std::size_t>(position)] = noise(random) + (is_head(b, position) ? change(c) : 0);
    }
  }
  return blocks;
}

AbRule run_two_metrics(std::vector<AbCase> cases, double (*change)(std::size_t)) {
  AbRule rule(std::move(cases), {}, 2);
  while (const AbLook* look = rule.next()) rule.take(blocks_of_two(*look, 7, change));
  return rule;
}

TEST(FamilyOfBlocks, a_benchmark_runs_until_all_of_its_metrics_are_decided) {
  const AbRule rule = run_two_metrics(std::vector<AbCase>(2 * kBenchmarks), [](std::size_t c) {
    return c == kBenchmarks + 3 ? 0.0115 : 0.0;  // of the second metric, just above the margin
  });
  EXPECT_EQ(rule.outcome(0).decisions[3].decided, Decided::unchanged);
  EXPECT_EQ(rule.blocks_of(3), AbPlan().max_blocks);
  EXPECT_EQ(rule.outcome(1).decisions.size(), static_cast<std::size_t>(kBenchmarks));
}

TEST(FamilyOfBlocks, a_change_of_one_metric_is_found_in_that_metric) {
  const AbRule rule = run_two_metrics(std::vector<AbCase>(2 * kBenchmarks),
                                      [](std::size_t c) { return c == kBenchmarks + 2 ? 0.05 : 0.0; });
  EXPECT_EQ(rule.outcome(1).decisions[2].decided, Decided::regression);
  EXPECT_EQ(rule.outcome(0).decisions[2].decided, Decided::unchanged);
}

TEST(FamilyOfBlocks, cases_without_a_test_do_not_keep_the_run_going_and_do_not_count) {
  std::vector<AbCase> cases(2 * kBenchmarks);
  for (std::size_t c = kBenchmarks; c < cases.size(); ++c) cases[c].scale = AbScale::untested;
  const AbRule rule = run_two_metrics(cases, [](std::size_t c) { return c == 1 ? 0.05 : 0.0; });
  AbRule alone(std::vector<AbCase>(kBenchmarks), {});
  while (const AbLook* look = alone.next()) {
    std::vector<AbBlock> blocks = blocks_of_two(*look, 7, [](std::size_t c) { return c == 1 ? 0.05 : 0.0; });
    for (AbBlock& block : blocks) block.numbers.resize(kBenchmarks);
    alone.take(blocks);
  }
  EXPECT_EQ(rule.outcome(0).decisions[1].p_adjusted, alone.outcome().decisions[1].p_adjusted);
  EXPECT_EQ(rule.outcome(0).blocks, alone.outcome().blocks);
  EXPECT_EQ(rule.decided().size(), static_cast<std::size_t>(kBenchmarks));
}

TEST(FamilyOfBlocks, differences_are_judged_by_blocks) {
  std::vector<AbCase> cases(2 * kBenchmarks);
  for (std::size_t c = kBenchmarks; c < cases.size(); ++c) {
    cases[c].scale = AbScale::difference;
    cases[c].limits = {0.1, -0.1, 0.1};
  }
  const AbRule rule = run_two_metrics(cases, [](std::size_t c) { return c == kBenchmarks + 4 ? 3.0 : 0.0; });
  EXPECT_EQ(rule.outcome(1).decisions[4].decided, Decided::regression);
  EXPECT_NEAR(rule.outcome(1).decisions[4].difference.value_or(0), 3, 0.02);
  EXPECT_EQ(rule.outcome(1).decisions[5].decided, Decided::unchanged);
}

TEST(FamilyOfBlocks, a_dropped_benchmark_loses_all_of_its_metrics) {
  AbRule rule(std::vector<AbCase>(2 * kBenchmarks), {}, 2);
  rule.drop(2, Dropped{Side::head, "crashed"});
  rule.take(blocks_of_two(*rule.next(), 7, [](std::size_t) { return 0.0; }));
  for (const std::size_t metric : {0, 1})
    EXPECT_TRUE(std::holds_alternative<Dropped>(rule.outcome(metric).decisions[2].why));
}

TEST(FamilyOfBlocks, a_case_without_a_test_needs_no_numbers) {
  std::vector<AbCase> cases(2 * kBenchmarks);
  for (std::size_t c = kBenchmarks; c < cases.size(); ++c) cases[c].scale = AbScale::untested;
  const AbRule rule = run_two_metrics(cases, [](std::size_t c) { return c < kBenchmarks ? 0.0 : NAN; });
  EXPECT_TRUE(std::holds_alternative<NotAnalysed>(rule.outcome(1).decisions[2].why));
}

TEST(FamilyOfBlocks, cases_below_resolution_are_unchanged_and_have_no_mde) {
  AbRule rule(std::vector<AbCase>(kBenchmarks), {});
  for (std::size_t c = 0; c < 5; ++c) rule.drop_case(c, BelowResolution{0.5});
  std::vector<AbBlock> blocks = blocks_of_two(*rule.next(), 7, [](std::size_t) { return 0.0; });
  for (AbBlock& block : blocks) block.numbers.resize(kBenchmarks);
  rule.take(blocks);
  EXPECT_EQ(rule.decided()[0], Decided::unchanged);
  EXPECT_TRUE(std::isfinite(rule.outcome().mde));  // the median of the three others
}

TEST(FamilyOfBlocks, the_null_control_is_of_all_metrics) {
  for (const std::size_t bad : {3, kBenchmarks + 3}) {
    AbRule rule(std::vector<AbCase>(2 * kBenchmarks), {6, 6}, 2);
    std::vector<AbBlock> blocks = blocks_of_two(*rule.next(), 7, [](std::size_t) { return 0.0; });
    for (std::size_t b = 0; b < blocks.size(); ++b)
      for (const std::size_t position : {b % 2 * 2, 1 + b % 2 * 2}) blocks[b].numbers[bad][position] += 0.2;
    rule.take(blocks);
    for (const std::size_t metric : {0, 1})
      EXPECT_EQ(rule.outcome(metric).null_control.verdict, NullVerdict::failed) << bad;
    EXPECT_EQ(rule.outcome(0).null_control.flagged, std::vector<std::size_t>{bad});
  }
}

// Eight cases with eight units per side; the first has two speeds, and both become slower by a quarter.
TEST(Separation, DecidesACaseWithTwoSpeedsWithinTheFamily) {
  MetricCases cases;
  for (int c = 0; c < 8; ++c) {
    TwoSampleCase& one = cases.emplace_back();
    for (int u = 0; u < 8; ++u) {
      const double noise = 0.001 * ((5 * u + 3 * c) % 7), speed = c == 0 && u % 2 == 0 ? 0.2 : 0;
      one.base.push_back(noise + speed);
      one.head.push_back(noise + speed + (c == 0 ? 0.23 : 0));
    }
  }
  const Decision decision = decide_unpaired(cases, {}).decisions[0];
  EXPECT_EQ(decision.decided, Decided::regression);
  ASSERT_TRUE(std::holds_alternative<ChangeProved>(decision.why));
  EXPECT_TRUE(std::get<ChangeProved>(decision.why).separated);
  // Three tests share the level: absolute, relative, separation.
  EXPECT_DOUBLE_EQ(decision.p, 3 * separation_p(cases[0].base, cases[0].head, log_fail(cases[0].margins)));
}

}  // namespace
}  // namespace warpgauge
