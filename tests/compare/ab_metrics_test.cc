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

TEST_F(AbMetrics, zeros_of_a_metric_that_is_not_exact_are_decided) {
  std::ofstream(path("policy.json")) << R"({"schema": "warpgauge/policy/2", "metrics": [
      {"metric": "allocs_per_iter", "exact": false}, {"metric": "real_time"}]})";
  EXPECT_EQ(ab("--cases=8 --allocs=/none=1", "--cases=8 --allocs=/3=2",
               {"--policy", path("policy.json"), "--blocks", "6"}),
            1)
      << errors();
  EXPECT_EQ(cell("fake/3", "allocs_per_iter")["verdict"], "regression");
  EXPECT_EQ(cell("fake/2", "allocs_per_iter")["verdict"], "unchanged");
}

TEST_F(AbMetrics, a_case_that_crashes_fails_once) {
  EXPECT_EQ(ab("--cases=8 --allocs=/3=2", "--cases=8 --allocs=/3=2 --crash=fake/5", kBoth), 1) << errors();
  EXPECT_EQ(count("failed"), 1);
}

}  // namespace
}  // namespace warpgauge
