#include "compare/decide/resolution.h"

#include <gtest/gtest.h>

#include "compare/decide/gate.h"
#include "compare/decide/match.h"

namespace warpgauge {
namespace {

// One process per list of times, of one case.
ResultSet times_of(const std::vector<std::vector<double>>& processes, double cycle_ns = 0.5,
                   const char* raw_name = "a") {
  ResultSet results;
  for (const std::vector<double>& times : processes) {
    Process& process = results.processes.emplace_back();
    process.context.cycle_ns = cycle_ns;
    Case& one = process.cases.emplace_back();
    one.name = "a";
    one.raw_name = raw_name;
    for (const double time : times) one.repetitions.emplace_back().value = time;
  }
  return results;
}

std::optional<double> resolution_of(const ResultSet& base, const ResultSet& head,
                                    const char* metric = "real_time") {
  return resolution_above(match_cases(base, head).pairs.front(), {.name = metric});
}

TEST(Resolution, IsOneClockCycle) {
  EXPECT_EQ(resolution_of(times_of({{0.3, 0.4, 9}}), times_of({{0.5, 0.2, 0.5}})), 0.5);
  EXPECT_EQ(resolution_of(times_of({{0.3}}), times_of({{0.51}})), std::nullopt) << "head measures something";
  EXPECT_EQ(resolution_of(times_of({{0.51}}), times_of({{0.3}})), std::nullopt) << "base measures something";
  EXPECT_EQ(resolution_of(times_of({{0.3}}, 0), times_of({{0.3}}, 0)), std::nullopt)
      << "0.2 ns without mhz_per_cpu";
  EXPECT_EQ(resolution_of(times_of({{0.2}}, 0), times_of({{0.1}}, 0)), 0.2);
  EXPECT_EQ(resolution_of(times_of({{0.3}}), times_of({{0.3}}, 0)), 0.5)
      << "the cycle of base, if head has none";
}

TEST(Resolution, OneDisturbedProcessDoesNotMatter) {
  EXPECT_EQ(resolution_of(times_of({{0.3}, {0.7}, {0.3}}), times_of({{0.3}, {0.3}, {0.3}})), 0.5);
  EXPECT_EQ(resolution_of(times_of({{0.3}, {0.7}}), times_of({{0.3}, {0.3}})), std::nullopt);
}

TEST(Resolution, OfTimesOfOneThreadOnly) {
  EXPECT_EQ(resolution_of(times_of({{0.3}}), times_of({{0.3}}), "tflops"), std::nullopt);
  const ResultSet threads = times_of({{0.3}}, 0.5, "a/threads:8"),
                  one_thread = times_of({{0.3}}, 0.5, "a/threads:1");
  EXPECT_EQ(resolution_of(threads, threads), std::nullopt);
  EXPECT_EQ(resolution_of(one_thread, one_thread), 0.5);
}

TEST(Resolution, SuchACaseIsUnchangedAndANote) {
  GateOptions strict;
  strict.strict = true;
  const Comparison comparison = compare_results(times_of({{0.2}}), times_of({{0.4}}), strict);
  ASSERT_EQ(comparison.cells.size(), 1u);
  EXPECT_EQ(comparison.cells[0].verdict, CellVerdict::unchanged);
  EXPECT_EQ(comparison.cells[0].why, Why(BelowResolution{0.5}));
  EXPECT_EQ(verdict_of(comparison), RunVerdict::pass);
  ASSERT_EQ(comparison.notes.size(), 2u);
  EXPECT_EQ(std::get<note::BelowResolutionCases>(comparison.notes[1]).names, std::vector<std::string>{"a"});
}

}  // namespace
}  // namespace warpgauge
