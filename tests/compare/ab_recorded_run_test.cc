// `gate --run`: a recorded run judged again, and what is refused of a record that was edited.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/compare/ab_run_test_support.h"

namespace warpgauge {
namespace {

using testing::HasSubstr;

using AbReplay = AbRun;

TEST_F(AbReplay, a_recorded_run_is_judged_byte_for_byte_the_same) {
  const std::string keep = path("keep");
  EXPECT_EQ(ab("--cases=12 --noise=.05", "--cases=12 --noise=.05 --slow=/3=1.05 --error=fake/5",
               {"--blocks", "3..12", "--keep", keep, "--markdown", path("live.md")}),
            1);
  const std::string live = text_of(path("report.json"));
  std::string table = text_of(path("stdout"));
  EXPECT_EQ(run({"gate", "--run", keep, "--markdown", path("again.md")}), 1);
  EXPECT_EQ(text_of(path("report.json")), live);
  // The live table names the binary by its path, so that its reproducers can be pasted.
  const std::string pasteable = "run: " + path("head") + " ";
  ASSERT_THAT(table, HasSubstr(pasteable));
  table.replace(table.find(pasteable), pasteable.size(), "run: " + shown("head") + " ");
  EXPECT_EQ(text_of(path("stdout")), table);
  EXPECT_EQ(text_of(path("again.md")), text_of(path("live.md")));
  EXPECT_EQ(live.find(scratch_.path()), std::string::npos) << "a report holds no absolute path";
}

TEST_F(AbReplay, the_thresholds_that_a_rule_sets_are_recorded) {
  std::ofstream(path("policy.json"))
      << R"({"schema": "warpgauge/policy/1", "defaults": {"improve_above": "2%"},
      "rules": [{"match": "/3$", "fail_above": "50%", "same_within": "40%"}]})";
  const std::string keep = path("keep");
  EXPECT_EQ(ab("--cases=6", "--cases=6 --slow=/3=1.2",
               {"--blocks", "6", "--keep", keep, "--policy", path("policy.json")}),
            0);
  EXPECT_EQ(report()["policy"]["improve_above"], 0.02);
  const nlohmann::json whole = report();
  for (const auto& cell : whole["cells"]) {
    EXPECT_EQ(cell.contains("thresholds"), cell["name"] == "fake/3");
    if (cell.contains("thresholds")) {
      EXPECT_EQ(cell["thresholds"]["fail_above"], 0.5);
    }
  }
  const std::string live = text_of(path("report.json"));
  EXPECT_EQ(run({"gate", "--run", keep}), 0);
  EXPECT_EQ(text_of(path("report.json")), live);
}

// On a busy machine real_time shows nothing. The files hold cpu_time, too.
TEST_F(AbReplay, a_recorded_run_is_judged_by_another_metric) {
  const std::string keep = path("keep");
  const std::string busy = "--cases=8 --noise=.002 --waiting=60";
  EXPECT_EQ(ab(busy, busy + " --slow=/3=1.1", {"--blocks", "6..12", "--keep", keep}), 0);
  EXPECT_EQ(verdict_of("fake/3"), "inconclusive");
  EXPECT_THAT(text_of(path("stdout")), HasSubstr("compare with --metric cpu_time"));
  EXPECT_EQ(run({"gate", "--run", keep, "--metric", "cpu_time"}), 1);
  EXPECT_EQ(verdict_of("fake/3"), "regression");
  EXPECT_EQ(count("regression"), 1);
  EXPECT_EQ(report()["policy"]["metric"], "cpu_time");
  EXPECT_THAT(std::string(report()["command"]), HasSubstr("--metric cpu_time"));
  EXPECT_EQ(run({"gate", "--run", keep, "--metric", "real_time"}), 0) << "the recorded metric";
  EXPECT_EQ(run({"gate", "--run", keep, "--metric", "items_per_second"}), 3);
}

// A case that real_time decided at the first look was not measured at the second. Another metric, which has
// not decided it, judges it by the first look.
TEST_F(AbReplay, another_metric_takes_the_looks_as_they_were_measured) {
  const std::string keep = path("keep");
  const std::string quiet = "--cases=16 --noise=.002 --cpu-noise=.3";
  // 10 % is neither a regression above 30 % nor unchanged: fake/3 needs a second look.
  EXPECT_EQ(ab(quiet, quiet + " --slow=/3=1.1",
               {"--blocks", "4..8", "--keep", keep, "--fail-above", "30%", "--alpha", "0.0001"}),
            0);
  EXPECT_EQ(run({"gate", "--run", keep, "--metric", "cpu_time"}), 0) << errors();
  const nlohmann::json judged = report();
  std::size_t first_look = 0, both_looks = 0;
  for (const auto& cell : judged["cells"]) {
    EXPECT_NE(cell["why"]["kind"], "no_time") << cell["name"];
    first_look += cell["blocks"] == 4;
    both_looks += cell["blocks"] == 8;
  }
  EXPECT_EQ(judged["cells"].size(), 16u);
  EXPECT_GT(first_look, 0u);
  EXPECT_EQ(first_look + both_looks, 16u);
}

TEST_F(AbReplay, an_edited_record_is_refused) {
  const std::string keep = path("keep");
  ab("--cases=6", "--cases=6", {"--blocks", "2", "--keep", keep});
  const std::string record = text_of(keep + "/run.json");
  const auto expect_refused = [&](const std::string& from, const std::string& to, const char* why) {
    std::string edited = record;
    ASSERT_NE(edited.find(from), std::string::npos) << from;
    std::ofstream(keep + "/run.json") << edited.replace(edited.find(from), from.size(), to);
    EXPECT_EQ(run({"gate", "--run", keep}), 3);
    EXPECT_THAT(errors(), HasSubstr(why)) << to;
  };
  const char* const not_asked = "is not what the rule requests after the looks before it";
  expect_refused("\"last_block\":2", "\"last_block\":1", not_asked);
  expect_refused("\"first_block\":0", "\"first_block\":1", not_asked);
  expect_refused("[\"fake/0\",", "[", not_asked);
  expect_refused("\"looks\": [", "\"looks\": [{\"first_block\":0,\"last_block\":2,\"cases\":[\"fake/0\"]},",
                 not_asked);
  const std::size_t look = record.find("{\"first_block\"");
  const std::string whole = record.substr(look, record.find("}", look) + 1 - look);
  expect_refused(whole, whole + "," + whole, not_asked);  // a look after the last
  expect_refused("\"block\":2,\"position\":4", "\"block\":2,\"position\":3",
                 "rows: no process of look 1, block 2, position 4");
  expect_refused("\"first_blocks\":2", "\"first_blocks\":0",
                 "plan.first_blocks: expected a whole number from 2 to 1000, found 0; was the record edited");
  expect_refused("\"max_blocks\":2", "\"max_blocks\":2000000000",
                 "plan.max_blocks: expected a whole number from 2 to 1000");
  expect_refused("\"alpha\":0.01", "\"alpha\":2", "plan.alpha: expected a number");
  expect_refused("\"company\":12", "\"company\":1", "plan.company: expected a whole number from 5");
  expect_refused("0.015,\"control\"", "0,\"control\"",
                 "cases[0].same_within: is 0: no case could be unchanged; was the record edited");
  expect_refused("\"dropped\": [",
                 "\"dropped\": [{\"name\":\"fake/x\",\"side\":\"head\",\"after_block\":0,\"reason\":\"\"}",
                 "dropped[0].name: \"fake/x\" is not the name of a case; was the record edited");
}

TEST_F(AbReplay, a_case_that_fails_at_a_later_look_is_judged_the_same_again) {
  const std::string keep = path("keep");
  EXPECT_EQ(ab("--cases=6 --noise=.05", "--cases=6 --noise=.05 --error=fake/2 --only-in=look2",
               {"--blocks", "2..4", "--keep", keep}),
            1);
  EXPECT_EQ(verdict_of("fake/2"), "failed");
  EXPECT_THAT(errors(), HasSubstr("analysis 1, 2 blocks: 0 regression, 0 improvement, "));
  EXPECT_THAT(errors(), HasSubstr("analysis 2, 4 blocks: 0 regression, 0 improvement, "));
  const std::string live = text_of(path("report.json"));
  EXPECT_EQ(run({"gate", "--run", keep}), 1);
  EXPECT_EQ(text_of(path("report.json")), live);
}

}  // namespace
}  // namespace warpgauge
