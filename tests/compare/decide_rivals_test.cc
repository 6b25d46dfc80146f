#include "compare/decide/rivals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace warpgauge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;

using Times = std::vector<std::pair<std::string, double>>;

// One process with three repetitions per case; every process is a little slower than the one before.
Process process(const Times& times, int number = 0) {
  Process made;
  made.file = "r" + std::to_string(number) + ".json";
  for (const auto& [name, ns] : times) {
    Case& one = made.cases.emplace_back();
    one.name = one.raw_name = name;
    for (const double factor : {1.0, 1.001, 1.002})
      one.repetitions.emplace_back().value = ns * factor * (1 + 0.001 * number);
  }
  return made;
}

ResultSet processes(const Times& times, int count = 5) {
  ResultSet results;
  for (int i = 0; i < count; ++i) results.processes.push_back(process(times, i));
  return results;
}

RivalOptions options(const char* ours, const char* peers) {
  return {.ours = KernelPattern(ours), .peers = KernelPattern(peers)};
}

TEST(KernelPatternOfAName, IsTheFirstMatch) {
  const auto problem = [](const char* expression, const char* name) {
    const auto split = KernelPattern(expression).split(name);
    return split ? split->kernel + "|" + split->problem : "none";
  };
  EXPECT_EQ(problem("^cpu/[^/]*", "cpu/flash/f32/S:8"), "cpu/flash|f32/S:8");
  EXPECT_EQ(problem("BM_ours", "BM_ours/1024"), "BM_ours|1024");
  EXPECT_EQ(problem("ours", "BM_sort_ours<int>/8"), "ours|BM_sort_<int>/8");
  EXPECT_EQ(problem("theirs", "BM_ours/1024"), "none");
  EXPECT_EQ(problem("BM_ours", "BM_ours"), "BM_ours|");
  EXPECT_THAT([] { KernelPattern("("); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("is not a regular")));
  EXPECT_THAT([] { KernelPattern("a*"); }, ThrowsMessage<std::invalid_argument>(HasSubstr("the empty text")));
}

TEST(Rivals, OursIsComparedWithTheBestPeer) {
  const Rivals rivals = compare_rivals(processes({{"ours/8", 90},
                                                  {"slow/8", 200},
                                                  {"fast/8", 100},
                                                  {"ours/64", 130},
                                                  {"fast/64", 100},
                                                  {"slow/64", 300}}),
                                       options("^ours", "^(slow|fast)"));
  ASSERT_EQ(rivals.cases.size(), 2U);
  EXPECT_EQ(rivals.cases[0].name, "64") << "the worst first";
  EXPECT_EQ(rivals.cases[0].verdict, RivalVerdict::loss);
  EXPECT_NEAR(rivals.cases[0].ratio, 1.3, 1e-9);
  EXPECT_EQ(rivals.cases[1].peer.kernel, "fast");
  EXPECT_EQ(rivals.cases[1].verdict, RivalVerdict::win);
  EXPECT_NEAR(rivals.cases[1].ratio, 0.9, 1e-9);
  EXPECT_NEAR(rivals.cases[1].ci[1] / rivals.cases[1].ci[0], 1, 1e-9)
      << "paired: what processes share cancels";
  EXPECT_EQ(rivals.cases[1].cliffs_delta, -1);
  EXPECT_NEAR(rivals.ratio, std::sqrt(1.3 * 0.9), 1e-9);
  EXPECT_FALSE(rivals.assumed_deviation);
  EXPECT_EQ(exit_code_of(rivals), 1);
}

TEST(Rivals, AWinNeedsIntervalsThatDoNotOverlap) {
  // 0.3 % faster, and the processes spread over 0.4 %.
  const Rivals rivals = compare_rivals(processes({{"ours", 99.7}, {"peer", 100}}), options("ours", "peer"));
  ASSERT_EQ(rivals.cases.size(), 1U);
  EXPECT_EQ(rivals.cases[0].verdict, RivalVerdict::undecided);
  EXPECT_LT(rivals.cases[0].ci[1], 1) << "though the paired ratio is below 1";
  EXPECT_EQ(exit_code_of(rivals), 0);
}

// Five processes of the cases "ours" and "peer", with twelve samples each.
ResultSet twelve_samples(double (*time_of)(bool is_ours, int sample)) {
  ResultSet results;
  for (int i = 0; i < 5; ++i) {
    Process& made = results.processes.emplace_back(process({{"ours", 100}, {"peer", 100}}, 0));
    for (Case& one : made.cases) {
      one.repetitions.clear();
      for (int k = 0; k < 12; ++k) one.repetitions.emplace_back().value = time_of(one.name == "ours", k);
    }
  }
  return results;
}

TEST(Rivals, AWinNeedsCliffsDelta) {
  // Ours is faster in its first quarter only, which q25 compares; most samples are equal.
  const ResultSet results =
      twelve_samples([](bool is_ours, int k) { return is_ours && k < 4 ? 90 : 100 + 0.001 * k; });
  RivalOptions of = options("ours", "peer");
  of.statistic = Statistic::q25;
  const Rivals rivals = compare_rivals(results, of);
  EXPECT_LT(rivals.cases[0].ratio, 0.91);
  EXPECT_NEAR(rivals.cases[0].cliffs_delta, -16 / 144.0, 1e-9);
  EXPECT_EQ(rivals.cases[0].verdict, RivalVerdict::undecided);
}

TEST(Rivals, AWinNeedsThatTheSamplesAgreeWithTheRatio) {
  // Ours is faster in its first quarter, which q25 compares; all other samples are slower.
  const ResultSet results = twelve_samples([](bool is_ours, int k) {
    return !is_ours ? 100.0 : k < 4 ? 90.0 : 101.0;
  });
  RivalOptions of = options("ours", "peer");
  of.statistic = Statistic::q25;
  const Rivals rivals = compare_rivals(results, of);
  EXPECT_LT(rivals.cases[0].ratio, 0.91);
  EXPECT_GE(rivals.cases[0].cliffs_delta, 0.3);
  EXPECT_EQ(rivals.cases[0].verdict, RivalVerdict::undecided);
}

TEST(Rivals, OneProcessNeedsAnAssumption) {
  const ResultSet results = processes({{"ours", 90}, {"peer", 100}}, 1);
  const Rivals rivals = compare_rivals(results, options("ours", "peer"));
  ASSERT_TRUE(rivals.assumed_deviation);
  EXPECT_EQ(*rivals.assumed_deviation, 0.05);
  EXPECT_EQ(rivals.cases[0].verdict, RivalVerdict::undecided) << "10 % at an assumed deviation of 5 %";
  RivalOptions quiet = options("ours", "peer");
  quiet.process_cv = 0.01;
  EXPECT_EQ(compare_rivals(results, quiet).cases[0].verdict, RivalVerdict::win);
}

TEST(Rivals, OfTwoExecutablesAreUnpaired) {
  ResultSet results = processes({{"ours/8", 90}});
  for (Process& peer : processes({{"peer/8", 100}}).processes) results.processes.push_back(std::move(peer));
  const Rivals rivals = compare_rivals(results, options("ours", "peer"));
  ASSERT_EQ(rivals.cases.size(), 1U);
  EXPECT_EQ(rivals.cases[0].verdict, RivalVerdict::win);
  EXPECT_EQ(rivals.cases[0].ours.processes, 5);
  EXPECT_GT(rivals.cases[0].ci[1] / rivals.cases[0].ci[0], 1.003)
      << "Welch's interval has the spread of both";
}

TEST(Rivals, HigherIsBetterIsTurned) {
  RivalOptions of = options("ours", "peer");
  of.metric = {"rate", Better::higher};
  const Rivals rivals = compare_rivals(processes({{"ours", 120}, {"peer", 100}}), of);
  EXPECT_NEAR(rivals.cases[0].ratio, 1 / 1.2, 1e-9);
  EXPECT_EQ(rivals.cases[0].verdict, RivalVerdict::win);
  EXPECT_NEAR(rivals.cases[0].ours.value, 120 * 1.0025, 0.2);
  EXPECT_LT(rivals.cases[0].ours.ci[0], rivals.cases[0].ours.ci[1]);
}

TEST(Rivals, WhatHasNoRivalOrFailedIsListed) {
  ResultSet results = processes({{"ours/1", 1}, {"peer/2", 1}, {"other/1", 1}, {"ours/3", 1}, {"peer/3", 1}});
  results.processes[2].cases[3].failure = "wrong";
  const Rivals rivals = compare_rivals(results, options("ours", "peer"));
  EXPECT_THAT(rivals.cases, IsEmpty());
  EXPECT_THAT(rivals.only_ours, ElementsAre("ours/1"));
  EXPECT_THAT(rivals.only_peers, ElementsAre("peer/2", "peer/3"));
  ASSERT_EQ(rivals.failures.size(), 1U);
  EXPECT_TRUE(rivals.failures[0].is_ours);
  EXPECT_EQ(exit_code_of(rivals), 1);
  EXPECT_EQ(exit_code_of(compare_rivals(processes({{"a", 1}}), options("ours", "peer"))), 4);
}

TEST(Rivals, NothingIsDecidedBetweenMachines) {
  ResultSet results = processes({{"ours", 90}, {"peer", 200}}, 3);
  for (std::size_t i = 0; i < results.processes.size(); ++i) {
    results.processes[i].context.fingerprinted = true;
    results.processes[i].context.identity = {{"cpu_model", std::to_string(i)}};
  }
  const Rivals rivals = compare_rivals(results, options("ours", "peer"));
  EXPECT_EQ(rivals.cases[0].verdict, RivalVerdict::undecided);
  EXPECT_EQ(exit_code_of(rivals), 4);
  RivalOptions all = options("ours", "peer");
  all.allow_hardware_mismatch = true;
  EXPECT_EQ(compare_rivals(results, all).cases[0].verdict, RivalVerdict::win);
}

}  // namespace
}  // namespace warpgauge
