#include "compare/ab/run_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/scratch_directory.h"
#include "tests/base/complaint.h"

namespace warpgauge {
namespace {

RunRecord example() {
  RunRecord r;
  r.plan = {.first_blocks = 4, .max_blocks = 9, .alpha = 0.02, .panel = 7, .seed = 18446744073709551615u};
  r.process_s = 2.5;
  r.metric = {"tflops", Better::higher};
  r.cases = {{"f/8", "f/8/repeats:3", "f/8", {{0.02, 0.03, 0.04}, true}},
             {"g \"quoted\" \\ \n", "g", "g", {}},
             {"g", "g/x", "g/x", {}}};
  r.base_only = {"old"};
  r.head_only = {"new"};
  r.command = "compare ab a b";
  r.statistic = "q25";
  r.looks = {{0, 4, {"f/8", "g"}}, {4, 8, {"g"}}};
  r.rows = {{1, 2, 3, Side::head, "look1/block02/3-head.json", "exit 0", false},
            {1, 2, 4, Side::base, "look1/block02/4-base.json", "timed out after 3 s", true}};
  r.dropped = {{"f/8", Side::base, 4, "killed by signal 9 (Killed)"}};
  r.ended_early = "interrupted";
  r.ended_by = Side::head;
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
  r.cases[2].name = "\xff";
  r.looks.clear();
  r.dropped.clear();
  EXPECT_EQ(read_run_record(written(scratch, format_run_record(r))).cases[2].name, "\xef\xbf\xbd");
}

TEST(run_record, what_a_run_cannot_have_is_refused_with_its_place) {
  const std::string text = format_run_record(example());
  const auto expect_refused = [&](const std::string& from, const std::string& to,
                                  const std::string& complaint) {
    std::string changed = text;
    ASSERT_NE(changed.find(from), std::string::npos) << from;
    changed.replace(changed.find(from), from.size(), to);
    EXPECT_EQ(complaint_of([&] { (void)parse_run_record(changed, "run.json"); }),
              "run.json: " + complaint + "; was the record edited? `compare ab --keep DIR` writes it");
  };
  expect_refused("\"rows\"", "\"row\"", "rows: is missing");
  expect_refused("\"side\":\"base\"", "\"side\":\"tail\"",
                 "dropped[0].side: expected one of \"base\", \"head\", found \"tail\"");
  expect_refused("\"first_blocks\":4", "\"first_blocks\":1",
                 "plan.first_blocks: expected a whole number from 2 to 1000, found 1");
  expect_refused("\"max_blocks\":9", "\"max_blocks\":3", "plan.max_blocks: is 3, less than first_blocks (4)");
  expect_refused("\"alpha\":0.02", "\"alpha\":0.5",
                 "plan.alpha: expected a number of at least 1e-15 and below 0.5, found 0.5");
  expect_refused("\"company\":7", "\"company\":4",
                 "plan.company: expected a whole number from 5 to 2147483647, found 4");
  expect_refused("\"process_seconds\":2.5", "\"process_seconds\":0",
                 "plan.process_seconds: 0 is not greater than 0");
  expect_refused("\"same_within\":0.015", "\"same_within\":0",
                 "policy.same_within: expected a finite number above 0, found 0");
  expect_refused("\"improve_above\":0.03", "\"improve_above\":1",
                 "cases[0].improve_above: expected a number of at least 0 and below 1, found 1");
  expect_refused("\"name\":\"f/8\"", "\"name\":\"g \\\"quoted\\\" \\\\ \\n\"",
                 "cases[1].name: an earlier case has the same name");
  expect_refused("\"last_block\":8", "\"last_block\":4",
                 "looks[1].last_block: is 4, not above first_block (4)");
  expect_refused("{\"name\":\"f/8\",\"side\"", "{\"name\":\"f/9\",\"side\"",
                 "dropped[0].name: \"f/9\" is not the name of a case");
  expect_refused("\"after_block\":4", "\"after_block\":5",
                 "dropped[0].after_block: no look ends with block 5");
  expect_refused("[\"g\"]", "[\"h\"]", "looks[1].cases[0]: \"h\" is not the name of a case");
  expect_refused("\"statistic\": \"q25\"", "\"statistic\": \"mean\"",
                 "statistic: expected one of \"\", \"min\", \"q10\", \"q25\", \"q50\", found \"mean\"");
  expect_refused("\"interrupted\"", "\"\"", "ended_by: is set, but ended_early is empty");
}

TEST(run_record, a_file_outside_its_folder_is_refused) {
  const std::string text = format_run_record(example()), file = "look1/block02/3-head.json";
  for (const char* outside : {"/etc/passwd", "../secret.json", "look1/../../secret.json", "..", ""}) {
    std::string changed = text;
    changed.replace(changed.find(file), file.size(), outside);
    EXPECT_THAT(complaint_of([&] { (void)parse_run_record(changed, "run.json"); }),
                testing::StartsWith("run.json: rows[0].file: "))
        << outside;
  }
}

TEST(run_record, another_version_or_no_file_is_reported) {
  const ScratchDirectory scratch;
  EXPECT_THAT(complaint_of([&] { (void)read_run_record(scratch.path() + "/absent.json"); }),
              testing::HasSubstr("absent.json: cannot be opened"));
  std::string text = format_run_record(example());
  text.replace(text.find("run/1"), 5, "run/2");
  EXPECT_EQ(complaint_of([&] { (void)parse_run_record(text, "run.json"); }),
            "run.json: schema: expected \"warpgauge/run/1\", found \"warpgauge/run/2\"; another version of "
            "warpgauge "
            "wrote this file");
}

TEST(run_record, file_names_sort_as_they_ran) {
  EXPECT_EQ(result_file_name(1, 3, 2, Side::head), "look1/block03/2-head.json");
}

}  // namespace
}  // namespace warpgauge
