#include "compare/decide/measuring_noise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "compare/decide/gate.h"

namespace warpgauge {
namespace {

struct Row {
  double real = 100, per_cpu = 1, iterations = 1000;
};

// One case, one process per row.
ResultSet side(const std::vector<Row>& rows, const std::string& name = "case") {
  ResultSet results;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Process& process = results.processes.emplace_back();
    process.file = name + std::to_string(i) + ".json";
    Case& one = process.cases.emplace_back();
    one.name = one.raw_name = name;
    one.repetitions = {{.value = rows[i].real, .samples = {}}};
    one.repetitions[0].real_per_cpu = rows[i].per_cpu;
    one.repetitions[0].iterations = rows[i].iterations;
  }
  return results;
}

const Metric kRealTime, kCpuTime{"cpu_time", Better::lower};

double stated(const ResultSet& base, const ResultSet& head, double log_change,
              const Metric& metric = kRealTime) {
  return std::sqrt(stated_noise(match_cases(base, head).pairs[0], log_change, metric).variance);
}

TEST(MeasuringNoise, AProcessorThatWasSharedIsNoise) {
  // real_time x 3, cpu_time x 2: the thread had its processor for two thirds of the time.
  const ResultSet base = side({{100, 1}}), shared = side({{300, 1.5}});
  EXPECT_NEAR(stated(base, shared, std::log(3)), std::log(1.5), 1e-9);
  EXPECT_NEAR(stated(shared, base, -std::log(3)), std::log(1.5), 1e-9) << "base was disturbed";
  EXPECT_EQ(stated(base, shared, std::log(3), kCpuTime), 0);
}

TEST(MeasuringNoise, AThreadThatOnlyWaitsLongerIsNotNoise) {
  EXPECT_EQ(stated(side({{100, 1}}), side({{200, 2}}), std::log(2)), 0) << "cpu_time is the same";
  EXPECT_EQ(stated(side({{100, 1}}), side({{200, 1}}), std::log(2)), 0) << "a slower program";
  EXPECT_EQ(stated(side({{100, 20}}), side({{200, 20}}), std::log(2)), 0) << "a GPU's time";
  EXPECT_EQ(stated(side({{100, 0.5}}), side({{200, 0.7}}), std::log(2)), 0) << "it never waited";
  EXPECT_EQ(stated(side({{100, kNotKnown}}), side({{300, 1.5}}), std::log(3)), 0);
}

TEST(MeasuringNoise, AGateDoesNotTakeASharedProcessorForARegression) {
  GateOptions options;
  options.process_cv = 0.01;
  const Comparison shared = compare_results(side({{100, 1}}), side({{160, 1.25}}), options);
  EXPECT_EQ(shared.cells[0].verdict, CellVerdict::inconclusive);
  const Comparison slower = compare_results(side({{100, 1}}), side({{160, 1}}), options);
  EXPECT_EQ(slower.cells[0].verdict, CellVerdict::regression);
}

TEST(MeasuringNoise, StatedNoiseIsThatOfTheMean) {
  ResultSet base = side({{4000, kNotKnown, kNotKnown}}), head = side({{4520, kNotKnown, kNotKnown}});
  for (ResultSet* results : {&base, &head}) results->processes[0].cases[0].noise = SampleNoise{0.14, 10};
  const StatedNoise noise = stated_noise(match_cases(base, head).pairs[0], 0.12, kRealTime);
  EXPECT_NEAR(noise.variance, 0.14 * 0.14 / 10, 1e-12);
  EXPECT_EQ(noise.df, 18);
}

std::vector<Note> notes(const ResultSet& base, const ResultSet& head, const Metric& metric = kRealTime) {
  const Matching matching = match_cases(base, head);
  return measuring_notes({&matching.pairs[0]}, metric);
}

TEST(MeasuringNoise, FarFewerIterationsAreMarked) {
  const auto found = notes(side({{}, {}, {}}), side({{}, {}, {100, 1, 1}, {}}));
  ASSERT_EQ(found.size(), 1u);
  const auto& few = std::get<note::FewIterations>(found[0]);
  EXPECT_EQ(few.rows, 1);
  EXPECT_EQ(few.file, "case2.json");
  EXPECT_EQ(few.iterations, 1);
  EXPECT_EQ(few.others, 1000);
  EXPECT_TRUE(notes(side({{}, {}, {}}), side({{}, {}, {100, 1, 400}})).empty());
  EXPECT_TRUE(notes(side({{}, {}, {}}), side({{100, 1, 10}, {100, 1, 10}, {100, 1, 10}})).empty())
      << "head needs a hundred times as long";
}

TEST(MeasuringNoise, CpuTimeIsRecommendedWhereRealTimeIsWellAbove) {
  const auto found = notes(side({{100, 1.02}}), side({{100, 1.3}}));
  ASSERT_EQ(found.size(), 1u);
  const auto& waited = std::get<note::WaitedForProcessor>(found[0]);
  EXPECT_EQ(waited.name, "case");
  EXPECT_NEAR(waited.ratio, 1.3, 1e-9);
  EXPECT_TRUE(notes(side({{100, 1.02}}), side({{100, 1.3}}), kCpuTime).empty());
  EXPECT_TRUE(notes(side({{100, 1.02}}), side({{100, 1.05}})).empty());
}

}  // namespace
}  // namespace warpgauge
