// A series of nights: what failed, whether it was back in the next night, and what is found if it is planted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "compare/baseline/nightly.h"

namespace warpgauge {
namespace {

using testing::ElementsAre;
using testing::Field;

// times[night][case], one file per night.
std::vector<ResultSet> make_nights(const std::vector<std::vector<double>>& times) {
  std::vector<ResultSet> nights;
  for (std::size_t night = 0; night < times.size(); ++night) {
    Process process;
    process.file = "night" + std::to_string(night);
    process.context.info["date"] = "2026-11-" + std::to_string(10 + night) + "T01:00:00+00:00";
    for (std::size_t c = 0; c < times[night].size(); ++c) {
      Case measured;
      measured.name = measured.raw_name = "case" + std::to_string(c);
      measured.repetitions = {{.value = times[night][c], .samples = {}}};
      process.cases.push_back(std::move(measured));
    }
    nights.push_back({{std::move(process)}});
  }
  return nights;
}

// Ten cases with a deviation of `noise`.
std::vector<std::vector<double>> quiet_times(std::size_t nights, double noise = 0.005) {
  std::mt19937 random(3);
  std::normal_distribution<double> normal(0, noise);
  std::vector<std::vector<double>> times(nights, std::vector<double>(10));
  for (auto& night : times)
    for (double& time : night) time = 100 * (1 + normal(random));
  return times;
}

TEST(Nightly, quiet_nights_do_not_fail_and_everything_planted_is_found) {
  const NightlyResult result = judge_nights(make_nights(quiet_times(12)), {});
  EXPECT_EQ(result.nights, 12u);
  EXPECT_EQ(result.cases, 10u);
  EXPECT_EQ(result.neighbours.nights.size(), 11u);
  EXPECT_EQ(result.baseline.nights.size(), 11u);
  EXPECT_EQ(result.neighbours.failed(), 0u);
  EXPECT_EQ(result.baseline.failed(), 0u);
  ASSERT_EQ(result.planted.size(), 3u);
  for (const PlantedSeries& series : result.planted) {
    EXPECT_EQ(series.cases.size(), 10u);
    EXPECT_EQ(series.failed_without, 0u);
    for (const PlantedCase& one : series.cases) EXPECT_EQ(one.found, series.comparisons) << one.name;
  }
  EXPECT_EQ(result.planted[0].comparisons, 11u);
  EXPECT_EQ(result.planted[1].comparisons, 6u) << "nights 0-4 against 5-9, 6-10, 7-11; 1-5 against two; 2-6";
  EXPECT_EQ(result.planted[2].comparisons, kDrawnSplits);
}

TEST(Nightly, a_case_that_is_slow_for_one_night_is_back_in_the_next) {
  auto times = quiet_times(6);
  times[3][4] *= 2;
  const NightlyResult result = judge_nights(make_nights(times), {});
  for (const JudgedSeries* series : {&result.neighbours, &result.baseline}) {
    EXPECT_EQ(series->failed(), 1u);
    EXPECT_EQ(series->back(), 1u);
    EXPECT_EQ(series->nights[2].name, "night3");
    EXPECT_THAT(series->nights[2].flagged, ElementsAre(Field(&FlaggedCase::name, "case4")));
  }
  EXPECT_EQ(result.planted.size(), 1u) << "six nights are too few for five files per side";
}

// Against the night before, a change fails once. The baseline refuses it, so that it fails again and again.
TEST(Nightly, a_case_that_stays_slow_is_not_back) {
  auto times = quiet_times(6);
  for (std::size_t night = 3; night < 6; ++night) times[night][4] *= 2;
  const NightlyResult result = judge_nights(make_nights(times), {});
  EXPECT_EQ(result.neighbours.failed(), 1u);
  EXPECT_EQ(result.baseline.failed(), 3u);
  EXPECT_EQ(result.neighbours.back() + result.baseline.back(), 0u);
  EXPECT_FALSE(result.baseline.nights.back().flagged.front().is_back.has_value()) << "there is no next night";
}

TEST(Nightly, a_planted_change_is_slower_in_both_directions_of_a_metric) {
  std::vector<ResultSet> nights = make_nights({{100, 100}});
  nights[0].processes[0].cases[1].repetitions[0].samples = {90, 110};
  slow_down(nights[0], "case1", 2, Better::lower);
  const std::vector<Case>& cases = nights[0].processes[0].cases;
  EXPECT_EQ(cases[0].repetitions[0].value, 100);
  EXPECT_EQ(cases[1].repetitions[0].value, 200);
  EXPECT_THAT(cases[1].repetitions[0].samples, ElementsAre(180, 220));
  slow_down(nights[0], "case0", 2, Better::higher);
  EXPECT_EQ(cases[0].repetitions[0].value, 50);
}

TEST(Nightly, a_case_that_a_night_lacks_is_not_planted) {
  std::vector<ResultSet> nights = make_nights(quiet_times(4));
  nights[2].processes[0].cases.pop_back();
  GateOptions options;
  options.allow_missing = true;
  const NightlyResult result = judge_nights(nights, options);
  EXPECT_EQ(result.cases, 9u);
  EXPECT_EQ(result.planted[0].cases.size(), 9u);
}

}  // namespace
}  // namespace warpgauge
