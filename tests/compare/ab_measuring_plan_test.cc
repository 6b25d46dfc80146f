#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "compare/ab/bench_binary.h"
#include "compare/ab/progress.h"

namespace warpgauge {
namespace {

double planned_s(const MeasuringPlan& plan, const std::vector<double>& iteration_s) {
  double sum = 0;
  for (double s : iteration_s) sum += std::max(s, plan.min_time_s) * plan.repetitions;
  return sum;
}

TEST(measuring_plan, fills_the_budget_with_twenty_repetitions) {
  const std::vector<double> iteration_s{1e-6, 1e-3, 2e-2, 1e-7};
  const MeasuringPlan plan = plan_measuring(iteration_s, 6);
  EXPECT_EQ(plan.repetitions, 20);
  EXPECT_NEAR(planned_s(plan, iteration_s), 6 / 1.5,
              0.01);  // the other third is Google Benchmark's search for iterations
}

TEST(measuring_plan, slow_cases_get_fewer_repetitions_but_at_least_three) {
  EXPECT_EQ(plan_measuring({0.5, 0.5}, 10).repetitions, 6);
  EXPECT_EQ(plan_measuring({60}, 10).repetitions, 3);
}

TEST(measuring_plan, a_later_interim_analysis_keeps_the_length_of_the_process) {
  const std::vector<double> all(40, 1e-4), few(10, 1e-4);
  const MeasuringPlan first = plan_measuring(all, 10), later = scale_plan(first, all, few);
  EXPECT_EQ(later.repetitions, 80);
  EXPECT_NEAR(planned_s(later, few), planned_s(first, all), 1e-6);
  EXPECT_EQ(scale_plan(first, all, all).repetitions, first.repetitions);
}

TEST(measuring_plan, an_interim_analysis_without_cases_keeps_the_plan) {
  EXPECT_EQ(scale_plan(plan_measuring({1e-3}, 10), {1e-3}, {}).repetitions, 20);
}

TEST(measuring_plan, a_binary_gets_a_time_budget_or_repetitions) {
  BenchBinary binary{.path = "b", .arguments = {"--matrix", "smoke"}, .names = {"f"}};
  const MeasuringPlan plan{.process_s = 10, .repetitions = 20, .min_time_s = 0.01};
  const auto arguments = [&](bool interleave) {
    std::string all;
    for (const std::string& argument : measuring_arguments(binary, plan, {"f"}, "out.json", interleave))
      all += argument + " ";
    return all;
  };
  EXPECT_EQ(arguments(true),
            "--matrix smoke --benchmark_filter=^(f)$ --benchmark_out=out.json --benchmark_out_format=json "
            "--benchmark_repetitions=20 --benchmark_min_time=0.010000 ");
  binary.interleaves = true;
  EXPECT_EQ(arguments(false),
            "--matrix smoke --benchmark_filter=^(f)$ --benchmark_out=out.json --benchmark_out_format=json "
            "--benchmark_repetitions=20 --benchmark_min_time=0.010000 "
            "--benchmark_enable_random_interleaving=false ");
  binary.takes_process_seconds = true;  // it always interleaves
  EXPECT_EQ(arguments(false),
            "--matrix smoke --benchmark_filter=^(f)$ --benchmark_out=out.json --benchmark_out_format=json "
            "--process-seconds=10.000000 ");
}

}  // namespace
}  // namespace warpgauge
