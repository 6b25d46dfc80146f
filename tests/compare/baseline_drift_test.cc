#include "compare/baseline/drift.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace warpgauge {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr double kAlpha = 0.01, kFailAbove = 0.01, kNoise = 0.005;

double fail_above(const std::string&) {
  return kFailAbove;
}

// Cases c0, c1... whose number in round i is 100 * exp(rise(i) + noise).
template <class Rise>
Baseline baseline_of(std::size_t cases, std::size_t rounds, unsigned seed, Rise rise,
                     double deviation = kNoise) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> noise(0, deviation);
  Baseline baseline;
  baseline.rounds.resize(rounds);
  for (std::size_t c = 0; c < cases; ++c) {
    auto& numbers = baseline.cases["c" + std::to_string(c)];
    for (std::size_t i = 0; i < rounds; ++i)
      numbers.emplace_back(100 * std::exp(rise(static_cast<double>(i)) + noise(generator)));
  }
  return baseline;
}

double nothing(double) {
  return 0;
}

TEST(DriftedCases, TwoPercentPerRoundIsFoundWithinSevenRounds) {
  const Baseline baseline = baseline_of(6, 7, 1, [](double round) { return 0.02 * round; });
  const std::vector<Drift> drifted = drifted_cases(baseline, fail_above, kAlpha);
  ASSERT_THAT(drifted, SizeIs(6));
  EXPECT_NEAR(drifted.front().ratio, std::exp(0.12), 0.02);
  EXPECT_GE(drifted.front().ratio, drifted.back().ratio);
  EXPECT_EQ(drifted.front().rounds, 7u);
}

TEST(DriftedCases, ARiseWithinTheMarginIsNone) {
  const Baseline baseline = baseline_of(6, 7, 1, [](double round) { return 0.02 * round; });
  EXPECT_THAT(drifted_cases(
                  baseline, [](const std::string&) { return 0.2; }, kAlpha),
              IsEmpty());
}

// A rise of exactly fail_above over all rounds, where a false positive is most likely.
TEST(DriftedCases, FalsePositivesStayBelowAlpha) {
  constexpr int kBaselines = 1000;
  for (const std::size_t rounds : {3u, 5u, 20u}) {
    const double slope = std::log1p(kFailAbove) / static_cast<double>(rounds - 1);
    int drifting = 0;
    for (int seed = 0; seed < kBaselines; ++seed) {
      const Baseline baseline =
          baseline_of(6, rounds, static_cast<unsigned>(seed), [&](double round) { return slope * round; });
      drifting += !drifted_cases(baseline, fail_above, kAlpha).empty();
    }
    EXPECT_LE(drifting, 20) << rounds;  // 10 expected at most; three deviations more
  }
}

// Unchanged code, one round per night, each tested with the nineteen before it.
TEST(DriftedCases, FewRoundsOfANoisyMachineAreRefused) {
  constexpr std::size_t kNights = 100, kBaselines = 100;
  std::size_t refused = 0;
  for (unsigned seed = 0; seed < kBaselines; ++seed) {
    const Baseline nights = baseline_of(6, kNights, seed, nothing, 0.02);
    for (std::size_t night = 0; night < kNights; ++night) {
      Baseline stored;
      const std::size_t first = night < kMaxRounds ? 0 : night - kMaxRounds + 1;
      stored.rounds.resize(night - first + 1);
      for (const auto& [name, numbers] : nights.cases)
        stored.cases[name].assign(numbers.begin() + static_cast<std::ptrdiff_t>(first),
                                  numbers.begin() + static_cast<std::ptrdiff_t>(night) + 1);
      refused += !drifted_cases(stored, fail_above, kAlpha).empty();
    }
  }
  EXPECT_LE(refused, kNights * kBaselines / 200);
}

TEST(DriftedCases, OneHighRoundOrTwoRoundsAreNotEnough) {
  EXPECT_THAT(
      drifted_cases(baseline_of(6, 2, 1, [](double round) { return 0.2 * round; }), fail_above, kAlpha),
      IsEmpty());
  const auto last_is_high = [](double round) { return round == 9 ? 0.1 : 0; };
  EXPECT_THAT(drifted_cases(baseline_of(6, 10, 1, last_is_high), fail_above, kAlpha), IsEmpty());
}

TEST(DriftedCases, ACaseThatReturnedToItsOldTimeIsNone) {
  const auto hill = [](double round) { return round == 19 ? 0 : 0.01 * round; };
  EXPECT_THAT(drifted_cases(baseline_of(1, 20, 1, hill), fail_above, kAlpha), IsEmpty());
}

TEST(DriftedCases, OnlyTheCasesThatDriftAreNamed) {
  Baseline baseline = baseline_of(200, 12, 1, nothing);
  const Baseline rising = baseline_of(1, 12, 2, [](double round) { return 0.01 * round; });
  baseline.cases["slow"] = rising.cases.at("c0");
  const std::vector<Drift> drifted = drifted_cases(baseline, fail_above, kAlpha);
  ASSERT_THAT(drifted, SizeIs(1));
  EXPECT_EQ(drifted.front().name, "slow");
}

TEST(DriftedCases, RoundsThatDoNotCountAreSkipped) {
  Baseline baseline = baseline_of(1, 12, 1, [](double round) { return 0.02 * round; });
  auto& numbers = baseline.cases.at("c0");
  std::fill(numbers.begin(), numbers.end() - 4, std::nullopt);
  numbers[3] = *numbers.back();
  const std::vector<Drift> none = drifted_cases(baseline, fail_above, kAlpha);
  EXPECT_THAT(none, IsEmpty()) << "it was as high in round 4";
  numbers[3] = 75;
  const std::vector<Drift> drifted = drifted_cases(baseline, fail_above, kAlpha);
  ASSERT_THAT(drifted, SizeIs(1));
  EXPECT_EQ(drifted.front().rounds, 5u);
}

TEST(DriftedCases, IfHigherIsBetterAFallIsDrift) {
  Baseline baseline = baseline_of(6, 10, 1, [](double round) { return -0.02 * round; });
  EXPECT_THAT(drifted_cases(baseline, fail_above, kAlpha), IsEmpty());
  baseline.metric = {"tflops", Better::higher};
  const std::vector<Drift> drifted = drifted_cases(baseline, fail_above, kAlpha);
  ASSERT_THAT(drifted, SizeIs(6));
  EXPECT_GT(drifted.back().ratio, 1.15);
}

// Numbers of a coarse clock show no deviation from the line.
TEST(DriftedCases, TicksOfACoarseClockAreNone) {
  Baseline baseline;
  baseline.rounds.resize(4);
  baseline.cases = {{"c0", {100.0, 100.0, 100.0, 100.0}}, {"c1", {99.0, 99.0, 100.0, 100.0}}};
  EXPECT_THAT(drifted_cases(baseline, fail_above, kAlpha), IsEmpty());
  baseline.rounds.resize(3);
  baseline.cases = {{"c0", {99.0, 100.0, 101.0}}};
  EXPECT_THAT(drifted_cases(baseline, fail_above, kAlpha), IsEmpty());
}

TEST(DriftedCases, OfSeveralMetricsNameTheirMetricAndShareTheLevel) {
  Baseline baseline = baseline_of(6, 7, 1, [](double round) { return 0.02 * round; });
  const std::optional<BaselineRound> none;
  Comparison comparison;
  ASSERT_THAT(drifted_cases_with(baseline, none, comparison, {}), SizeIs(6));
  EXPECT_EQ(drifted_cases_with(baseline, none, comparison, {}).front().metric, "");
  comparison.policy.metrics = {{.name = "real_time"}, {.name = "cpu_time"}};
  EXPECT_EQ(drifted_cases_with(baseline, none, comparison, {}).front().metric, "real_time");
  comparison.policy.metrics[0].exact = true;
  EXPECT_THAT(drifted_cases_with(baseline, none, comparison, {}), IsEmpty());
  // A thousand metrics share alpha.
  comparison.policy.metrics.assign(1, {.name = "real_time"});
  Policy strict;
  strict.alpha = 1e-3;
  const std::size_t alone = drifted_cases_with(baseline, none, comparison, strict).size();
  comparison.policy.metrics.resize(1000, {.name = "other"});
  EXPECT_LT(drifted_cases_with(baseline, none, comparison, strict).size(), alone);
}

}  // namespace
}  // namespace warpgauge
