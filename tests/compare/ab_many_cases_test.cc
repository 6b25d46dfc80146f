// `compare ab` with more cases than one --benchmark_filter can name: each position takes several processes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/compare/ab_run_test_support.h"

namespace warpgauge {
namespace {

using testing::HasSubstr;

// The fake cases report times that grow with their number. --stretch makes them fit into the wall time.
class AbManyCases : public AbRun {
 protected:
  // The recorded run is judged the same again.
  void expect_replayed(const std::string& keep, int exit_code) {
    const std::string live = text_of(path("report.json"));
    EXPECT_EQ(run({"gate", "--run", keep}), exit_code) << errors();
    EXPECT_TRUE(text_of(path("report.json")) == live);
  }
  std::string keep() const { return path("keep"); }
};

TEST_F(AbManyCases, a_filter_that_leaves_more_than_a_thousand) {
  EXPECT_EQ(ab("--cases=1200 --stretch=.01", "--cases=1200 --stretch=.01 --slow=fake/777=1.2",
               {"--blocks", "2", "--filter=-^fake/1.$", "--keep", keep()}),
            1)
      << errors();
  EXPECT_EQ(report()["cells"].size(), 1190u);
  EXPECT_EQ(count("regression"), 1);
  EXPECT_EQ(count("failed") + count("errored"), 0);
  EXPECT_EQ(verdict_of("fake/777"), "regression");
  EXPECT_TRUE(std::filesystem::exists(keep() + "/look1/block01/1-base.part1.json"));
  EXPECT_TRUE(std::filesystem::exists(keep() + "/look1/block01/1-base.part2.json"));
  EXPECT_FALSE(std::filesystem::exists(keep() + "/look1/block01/1-base.part3.json"));
  expect_replayed(keep(), 1);
}

// The slow case is decided at the first analysis, the noisy ones are not.
TEST_F(AbManyCases, more_than_a_thousand_but_not_all_stay_open_after_an_analysis) {
  const std::string flags = "--cases=1300 --stretch=.01 --noise=.2";
  EXPECT_EQ(ab(flags, flags + " --slow=fake/2=9", {"--blocks", "4..6", "--keep", keep()}), 1) << errors();
  const nlohmann::json looks = nlohmann::json::parse(text_of(keep() + "/run.json"))["looks"];
  ASSERT_EQ(looks.size(), 2u);
  EXPECT_GT(looks[1]["cases"].size(), 1000u);
  EXPECT_LT(looks[1]["cases"].size(), 1300u);
  EXPECT_EQ(count("failed") + count("errored"), 0);
  expect_replayed(keep(), 1);
}

TEST_F(AbManyCases, one_case_that_fails_costs_no_other) {
  EXPECT_EQ(ab("--cases=1200 --stretch=.01", "--cases=1200 --stretch=.01 --error=fake/700",
               {"--blocks", "2", "--keep", keep()}),
            1);
  EXPECT_EQ(verdict_of("fake/700"), "failed");
  EXPECT_EQ(count("failed"), 1);
  EXPECT_EQ(count("unchanged") + count("inconclusive"), 1199) << errors();
  expect_replayed(keep(), 1);
}

TEST_F(AbManyCases, one_case_that_crashes_costs_no_other) {
  for (const char* kind : {"", " --buffers"}) {
    const std::string keep = path(std::string("keep") + (*kind ? kind + 3 : ""));
    const std::string flags = std::string("--cases=1200 --stretch=.01") + kind;
    EXPECT_EQ(ab(flags, flags + " --crash=fake/700", {"--blocks", "2", "--keep", keep}), 1);
    EXPECT_EQ(verdict_of("fake/700"), "failed");
    EXPECT_EQ(count("failed"), 1) << kind;
    EXPECT_EQ(count("unchanged") + count("inconclusive"), 1199) << kind << errors();
    expect_replayed(keep, 1);
  }
}

TEST_F(AbManyCases, a_binary_that_ignores_the_filter_is_compared_with_a_note) {
  EXPECT_EQ(ab("--cases=1200 --stretch=.01", "--cases=1200 --stretch=.01 --all",
               {"--blocks", "2", "--filter", "fake/.?.?.?$", "--keep", keep()}),
            0)
      << errors();
  EXPECT_EQ(report()["cells"].size(), 1000u);
  EXPECT_THAT(text_of(path("report.json")),
              HasSubstr("200 cases were not requested and are ignored, such as fake/1000"));
  expect_replayed(keep(), 0);
}

TEST_F(AbManyCases, six_thousand) {
  EXPECT_EQ(ab("--cases=6000 --stretch=.001", "--cases=6000 --stretch=.001 --slow=fake/4321=1.5",
               {"--blocks", "2"}),
            1)
      << errors();
  EXPECT_EQ(verdict_of("fake/4321"), "regression");
  EXPECT_EQ(count("regression"), 1);
  EXPECT_EQ(report()["cells"].size(), 6000u);
}

}  // namespace
}  // namespace warpgauge
