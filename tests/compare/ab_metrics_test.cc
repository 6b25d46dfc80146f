// `compare ab` with several metrics, from the outside.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/compare/ab_run_test_support.h"

namespace warpgauge {
namespace {

using testing::HasSubstr;

const std::vector<std::string> kBoth{"--metric", "allocs_per_iter", "--metric", "real_time", "--blocks", "6"};

class AbMetrics : public AbRun {
 protected:
  nlohmann::json cell(const std::string& name, const std::string& metric) const {
    const nlohmann::json comparison = report();
    for (const auto& one : comparison["cells"])
      if (one["name"] == name && one["metric"] == metric) return one;
    return {};
  }
};

TEST_F(AbMetrics, each_metric_has_its_own_verdict) {
  EXPECT_EQ(ab("--cases=8 --allocs=/3=2", "--cases=8 --allocs=/3=3 --slow=/5=1.2", kBoth), 1) << errors();
  EXPECT_EQ(count("regression"), 2);
  EXPECT_EQ(count("unchanged"), 14);
  EXPECT_EQ(cell("fake/3", "allocs_per_iter")["difference"], 1);
  EXPECT_EQ(cell("fake/3", "allocs_per_iter")["verdict"], "regression");
  EXPECT_EQ(cell("fake/5", "real_time")["verdict"], "regression");
  EXPECT_THAT(text_of(path("stdout")), HasSubstr("fake/3 [allocs_per_iter]"));
}

TEST_F(AbMetrics, a_kept_run_gives_the_same_report) {
  std::vector<std::string> keep = kBoth;
  keep.insert(keep.end(), {"--keep", path("kept")});
  EXPECT_EQ(ab("--cases=8 --allocs=/3=2", "--cases=8 --allocs=/3=3", keep), 1) << errors();
  const std::string live = text_of(path("report.json"));
  EXPECT_EQ(run({"gate", "--run", path("kept")}), 1) << errors();
  EXPECT_EQ(text_of(path("report.json")), live);
}

TEST_F(AbMetrics, the_statistic_is_chosen_by_a_metric_that_is_not_exact) {
  // Some repetitions wait, so base agrees with base best by a low quantile.
  const std::string flags = "--cases=8 --waiting=.3 --allocs=/3=2";
  ab(flags, flags, kBoth);
  EXPECT_NE(report()["policy"]["statistic"], "q50") << errors();  // q50: without samples
}

TEST_F(AbMetrics, a_kept_run_is_judged_by_another_list) {
  EXPECT_EQ(
      ab("--cases=8 --allocs=/3=2", "--cases=8 --allocs=/3=3", {"--blocks", "2", "--keep", path("kept")}), 0)
      << errors();
  EXPECT_EQ(run({"gate", "--run", path("kept"), "--metric", "cpu_time", "--metric", "allocs_per_iter"}), 1)
      << errors();
  EXPECT_EQ(cell("fake/3", "allocs_per_iter")["verdict"], "regression");
}

TEST_F(AbMetrics, an_exact_metric_alone_takes_one_analysis) {
  EXPECT_EQ(ab("--cases=6 --allocs=/3=2", "--cases=6 --allocs=/3=2",
               {"--metric", "allocs_per_iter", "--blocks", "2..4"}),
            0)
      << errors();
  EXPECT_EQ(count("unchanged"), 6);
  EXPECT_EQ(report()["cells"][0]["head"]["processes"], 4);
}

TEST_F(AbMetrics, exact_numbers_that_vary_make_the_run_undecided) {
  EXPECT_EQ(ab("--cases=6 --allocs=/3=2", "--cases=6 --allocs=/3=2 --vary-allocs",
               {"--metric", "allocs_per_iter", "--blocks", "2"}),
            4)
      << errors();
  EXPECT_EQ(count("inconclusive"), 6);
}

TEST_F(AbMetrics, cases_that_lack_a_metric_have_no_verdict_of_it) {
  EXPECT_EQ(ab("--cases=8 --allocs=/3=2 --allocs-only=/3", "--cases=8 --allocs=/3=2 --allocs-only=/3", kBoth),
            0)
      << errors();
  EXPECT_EQ(report()["cells"].size(), 9u);
}

TEST_F(AbMetrics, a_metric_that_most_cases_lack_adds_only_its_own_tests) {
  const std::string flags = "--cases=8 --counter=widgets --allocs=/3=2 --allocs-only=/3";
  EXPECT_EQ(ab(flags, flags + " --slow=/5=1.05",
               {"--metric", "real_time", "--metric", "widgets", "--better", "lower", "--blocks", "6",
                "--keep", path("kept")}),
            1)
      << errors();
  const double of_both = cell("fake/5", "real_time")["p_adjusted"];
  EXPECT_EQ(run({"gate", "--run", path("kept"), "--metric", "real_time"}), 1) << errors();
  ASSERT_EQ(report()["cells"][0]["name"], "fake/5");
  EXPECT_LT(of_both, 1.5 * double(report()["cells"][0]["p_adjusted"]));  // 9 / 8
}

TEST_F(AbMetrics, zeros_of_a_metric_that_is_not_exact_are_decided) {
  std::ofstream(path("policy.json")) << R"({"schema": "warpgauge/policy/2", "metrics": [
      {"metric": "allocs_per_iter", "exact": false}, {"metric": "real_time"}]})";
  EXPECT_EQ(ab("--cases=8 --allocs=/none=1", "--cases=8 --allocs=/3=2",
               {"--policy", path("policy.json"), "--blocks", "6"}),
            1)
      << errors();
  EXPECT_EQ(cell("fake/3", "allocs_per_iter")["verdict"], "regression");
  EXPECT_EQ(cell("fake/2", "allocs_per_iter")["verdict"], "unchanged");
  EXPECT_EQ(report()["policy"]["metrics"][0]["exact"], false);
}

// One of its repetitions is 0. Noisy times make a quantile above 0 the statistic, which has a log.
TEST_F(AbMetrics, a_number_that_loses_its_log_in_a_later_look_leaves_its_case_open) {
  const std::string flags =
      "--cases=12 --noise=.2 --counter=widgets --allocs=fake=2 --vary-allocs --zero-in=look2";
  ab(flags, flags, {"--metric", "real_time", "--metric", "widgets", "--better", "lower", "--blocks", "2..4"});
  for (const char* name : {"fake/0", "fake/11"}) {
    EXPECT_EQ(cell(name, "widgets")["verdict"], "inconclusive") << errors();
    EXPECT_EQ(cell(name, "widgets")["why"]["kind"], "difference_open") << name;
  }
}

TEST_F(AbMetrics, what_the_producer_declares_exact_has_no_relative_limit) {
  const std::string flags = "--cases=6 --counter=widgets --exact=other,widgets --allocs=/3=";
  EXPECT_EQ(ab(flags + "1000", flags + "1005",
               {"--metric", "widgets", "--better", "lower", "--blocks", "2..4", "--keep", path("kept")}),
            1)
      << errors();
  EXPECT_EQ(verdict_of("fake/3"), "regression");  // by 0.5 %
  EXPECT_EQ(count("unchanged"), 5);
  const std::string live = text_of(path("report.json"));
  EXPECT_EQ(run({"gate", "--run", path("kept")}), 1) << errors();
  EXPECT_EQ(text_of(path("report.json")), live);
}

TEST_F(AbMetrics, both_parts_of_a_limit_must_be_exceeded) {
  EXPECT_EQ(ab("--cases=8", "--cases=8 --slow=fake=1.2", {"--fail-above", "2%,300ns", "--blocks", "6"}), 1)
      << errors();
  EXPECT_NE(verdict_of("fake/0"), "regression");  // 1000 ns + 200 ns
  EXPECT_EQ(verdict_of("fake/7"), "regression");  // 8000 ns + 1600 ns
}

TEST_F(AbMetrics, an_absolute_limit_holds_for_numbers_without_logs) {
  for (const auto& [limit, verdict] : {std::pair("2", "unchanged"), {"1", "regression"}}) {
    std::ofstream(path("policy.json")) << R"({"schema": "warpgauge/policy/2", "metrics": [{"metric":
        "allocs_per_iter", "exact": false, "fail_above": {"absolute": )"
                                       << limit << R"(}}, {"metric": "real_time"}]})";
    ab("--cases=8 --allocs=/none=1", "--cases=8 --allocs=/3=2",
       {"--policy", path("policy.json"), "--blocks", "6"});
    EXPECT_EQ(cell("fake/3", "allocs_per_iter")["verdict"], verdict) << errors();
  }
}

TEST_F(AbMetrics, a_case_that_crashes_fails_once) {
  EXPECT_EQ(ab("--cases=8 --allocs=/3=2", "--cases=8 --allocs=/3=2 --crash=fake/5", kBoth), 1) << errors();
  EXPECT_EQ(count("failed"), 1);
}

}  // namespace
}  // namespace warpgauge
