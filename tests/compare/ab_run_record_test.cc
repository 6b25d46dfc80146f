#include "compare/ab/run_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/diagnostic.h"
#include "base/scratch_directory.h"

namespace warpgauge {
namespace {

RunRecord example() {
  RunRecord r;
  r.plan = {.first_blocks = 4, .max_blocks = 9, .alpha = 0.02, .panel = 7, .seed = 18446744073709551615u};
  r.process_s = 2.5;
  r.metric = {"tflops", Better::higher};
  r.cases = {{"f/8", "f/8/repeats:3", "f/8", {{0.02, 0.03, 0.04}, true}},
             {"g \"quoted\" \\ \n", "g", "g", {}}};
  r.base_only = {"old"};
  r.head_only = {"new"};
  r.command = "compare ab a b";
  r.statistic = "q25";
  r.looks = {{0, 4, {"f/8", "g"}}, {4, 8, {"g"}}};
  r.rows = {{1, 2, 3, Side::head, "look1/block02/3-head.json", "exit 0", false},
            {1, 2, 4, Side::base, "look1/block02/4-base.json", "no end after 3 s", true}};
  r.dropped = {{"f/8", Side::base, 4, "killed by signal 9 (Killed)"}};
  r.ended_early = "interrupted";
  return r;
}

std::string written(const ScratchDirectory& scratch, const std::string& text) {
  const std::string path = scratch.path() + "/run.json";
  std::ofstream(path) << text;
  return path;
}

TEST(run_record, everything_survives_writing_and_reading) {
  const ScratchDirectory scratch;
  const std::string text = format_run_record(example());
  const RunRecord read = read_run_record(written(scratch, text));
  EXPECT_EQ(format_run_record(read), text);
  EXPECT_EQ(read.plan.seed, 18446744073709551615u);
  EXPECT_EQ(read.metric.better, Better::higher);
  EXPECT_TRUE(read.cases[0].rule.control);
  EXPECT_EQ(read.cases[0].rule.margins.improve_above, 0.03);
  EXPECT_EQ(read.looks[1].cases, std::vector<std::string>{"g"});
  EXPECT_TRUE(read.rows[1].timeout);
  EXPECT_EQ(read.dropped[0].side, Side::base);
  EXPECT_EQ(read.ended_early, "interrupted");
}

TEST(run_record, what_may_be_absent_survives_where_it_is_there) {
  const ScratchDirectory scratch;
  RunRecord record = example();
  record.metric = {"real_time", Better::lower};
  record.policy.max_mde = 0.03;
  for (const Side side : {Side::base, Side::head}) {
    record.ended_by = side;
    const RunRecord read = read_run_record(written(scratch, format_run_record(record)));
    EXPECT_EQ(read.ended_by, side);
    EXPECT_EQ(read.policy.max_mde, 0.03);
    EXPECT_EQ(read.metric.better, Better::lower);
  }
  EXPECT_FALSE(read_run_record(written(scratch, format_run_record(example()))).policy.max_mde);
}

TEST(run_record, a_name_that_is_not_utf8_does_not_break_it) {
  const ScratchDirectory scratch;
  RunRecord r = example();
  r.cases[0].name = "\xff";
  EXPECT_EQ(read_run_record(written(scratch, format_run_record(r))).cases[0].name, "\xef\xbf\xbd");
}

TEST(run_record, what_is_not_one_is_said_so) {
  const ScratchDirectory scratch;
  EXPECT_THROW(read_run_record(scratch.path() + "/absent.json"), Diagnostic);
  const std::string text = format_run_record(example());
  const auto broken = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    changed.replace(changed.find(from), from.size(), to);
    try {
      read_run_record(written(scratch, changed));
    } catch (const Diagnostic& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  EXPECT_THAT(broken("run/1", "run/2"), testing::HasSubstr("schema is \"warpgauge/run/2\""));
  EXPECT_THAT(broken("\"rows\"", "\"row\""), testing::HasSubstr("rows"));
  EXPECT_THAT(broken("\"side\":\"base\"", "\"side\":\"tail\""), testing::HasSubstr("'base' or 'head'"));
}

TEST(run_record, file_names_sort_as_they_ran) {
  EXPECT_EQ(result_file_name(1, 3, 2, Side::head), "look1/block03/2-head.json");
}

}  // namespace
}  // namespace warpgauge
