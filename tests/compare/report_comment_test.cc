// The comment under a pull request: what it says, that it shows the figures of --markdown, and that nothing
// in a stranger's comparison or names of jobs can act in it.
#include "compare/report/comment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <sstream>

#include "base/diagnostic.h"
#include "compare/report/comparison_file.h"
#include "compare/report/json.h"
#include "compare/report/markdown.h"
#include "tests/base/hostile_names.h"
#include "tests/compare/report_test_support.h"

namespace warpgauge {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kRun =
    R"({"run": {"created_at": "2026-11-20T10:00:00Z", "conclusion": "failure"}, "jobs": [
  {"name": "measure", "conclusion": "failure", "started_at": "2026-11-20T10:02:00Z",
   "completed_at": "2026-11-20T10:04:10Z", "steps": [
     {"name": "Measure", "conclusion": "failure", "started_at": "2026-11-20T10:02:10Z",
      "completed_at": "2026-11-20T10:04:05Z"},
     {"name": "brief", "conclusion": "success", "started_at": "2026-11-20T10:02:00Z",
      "completed_at": "2026-11-20T10:02:04Z"}]},
  {"name": "build", "conclusion": "success", "started_at": "2026-11-20T10:00:20Z",
   "completed_at": "2026-11-20T10:01:50Z", "steps": []},
  {"name": "job_that_was_skipped", "conclusion": "skipped", "started_at": null, "completed_at": null}]})";

std::set<std::string> table_rows(const std::string& markdown) {
  std::set<std::string> rows;
  std::istringstream lines(markdown);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("| ")) rows.insert(line);
  return rows;
}

TEST(ReportComment, comment_and_markdown_show_the_same_figures_of_one_comparison_file) {
  Comparison comparison = make_comparison();
  comparison.cells.push_back(make_cell("huge", CellVerdict::regression, 11));  // +1000 %
  comparison.cells.push_back(make_cell("a|b`c", CellVerdict::inconclusive, 1.0004));
  sort_worst_first(comparison.cells);
  const Comparison read = parse_comparison(json_report(comparison), "comparison.json");
  const std::string comment = comment_report(read, {}, ""), markdown = markdown_report(read);
  EXPECT_EQ(table_rows(comment), table_rows(markdown));
  EXPECT_EQ(table_rows(comment).size(), 1 + comparison.cells.size());
  EXPECT_THAT(comment, HasSubstr("+1000 %"));
}

TEST(ReportComment, it_begins_with_the_marker_and_the_verdict) {
  EXPECT_THAT(
      comment_report(make_comparison(), {}, ""),
      StartsWith(
          "<!-- warpgauge: performance of this change -->\n### ❌ regression: 1 regression, 1 failed, "));
}

TEST(ReportComment, commits_and_the_age_of_the_baseline) {
  Comparison comparison = make_comparison();
  EXPECT_THAT(
      comment_report(comparison, {}, ""),
      HasSubstr("\nhead unknown, base unknown; no stored baseline was used; minimum detectable effect "
                "(MDE) 2.5 %\n"));
  comparison.head_context = {{"commit", "0123456789abcdef0123"}, {"date", "2026-11-20T10:00:00Z"}};
  comparison.base_context = {{"commit", "rm -rf"}};
  comparison.baseline_context = {{"commit", "fedcba9"}, {"date", "2026-11-18T07:36:00+00:00"}};
  EXPECT_THAT(comment_report(comparison, {}, ""),
              HasSubstr("\nhead `0123456789ab`, base unknown; baseline 2.1 days old, of `fedcba9`; "));
  EXPECT_THAT(comment_report(comparison, {}, "abcdef0"), HasSubstr("\nhead `abcdef0`, "));
}

TEST(ReportComment, where_the_time_of_the_run_went) {
  const std::string comment = comment_report(make_comparison(), parse_timeline(kRun, "run.json"), "");
  EXPECT_THAT(comment,
              HasSubstr("**Duration**: 4 min 10 s from push to result\n\n"
                        "- `build`: began after 20 s, took 1 min 30 s\n"
                        "- `measure`: began after 2 min 0 s, took 2 min 10 s (`Measure` 1 min 55 s)\n"));
  EXPECT_THAT(comment, Not(HasSubstr("job_that_was_skipped")));
}

TEST(ReportComment, a_pass_of_a_run_that_failed_is_doubted) {
  Comparison comparison;
  comparison.cells = {make_cell("same", CellVerdict::unchanged, 1)};
  const std::string comment = comment_report(comparison, parse_timeline(kRun, "run.json"), "");
  EXPECT_THAT(comment, HasSubstr("its run did not succeed:\n\n- `measure`: `failure` at `Measure`\n"));
  EXPECT_THAT(comment_report(comparison, {}, ""), Not(HasSubstr("did not succeed")));
}

TEST(ReportComment, a_run_without_a_result_says_why) {
  const std::string comment =
      comment_without_result("no `comparison`", parse_timeline(kRun, "run.json"), "abcdef0");
  EXPECT_THAT(comment, StartsWith(std::string(kCommentMarker) + "\n### ❌ no result: "));
  EXPECT_THAT(comment,
              HasSubstr("\nhead `abcdef0`; `` no `comparison` ``\n\n- `measure`: `failure` at `Measure`\n"));
  EXPECT_THAT(comment, HasSubstr("**Duration**"));
}

// What is left of Markdown without its code spans.
std::string outside_code(const std::string& markdown) {
  return std::regex_replace(markdown, std::regex("(`+)[^`](.*?[^`])?\\1(?!`)"), "");
}

TEST(ReportComment, no_text_from_the_data_stands_outside_of_a_code_span) {
  for (const std::string& name : kHostileNames) {
    Comparison comparison = make_comparison();
    for (Cell& cell : comparison.cells) cell.name = name + cell.name;
    comparison.cells.front().reproduce = name;
    comparison.cells[1].why = Failed{Side::head, name, name};
    comparison.notes = {note::Sentence{name}, note::SkippedCase{name, name, name}};
    comparison.differences = {{name, name, name, true}};
    comparison.base_context = {{"commit", name}, {"date", name}};
    comparison.policy.metric = name;
    Timeline timeline = parse_timeline(kRun, "run.json");
    timeline.conclusion = timeline.jobs[0].name = timeline.jobs[0].conclusion =
        timeline.jobs[0].steps[0].name = name;
    for (const std::string& comment :
         {comment_report(comparison, timeline, name), comment_without_result(name, timeline, name)}) {
      const std::string outside = outside_code(comment.substr(std::string(kCommentMarker).size()));
      for (const char* danger :
           {"http", "www.", "![", "](", "@", "#1", "<script", "<img", "::", "evil", "\x1b"})
        EXPECT_THAT(outside, Not(HasSubstr(danger))) << name << "\n" << comment;
    }
  }
}

TEST(ReportComment, never_longer_than_github_takes) {
  Comparison comparison;
  const std::string snowmen(600, '`');
  for (int i = 0; i < 2000; ++i) {
    comparison.cells.push_back(make_cell(snowmen + std::to_string(i), CellVerdict::regression, 1.5));
    comparison.cells.back().reproduce = snowmen;
    comparison.notes.push_back(note::Sentence{snowmen});
    comparison.differences.push_back({snowmen, snowmen, snowmen, false});
  }
  Timeline timeline = parse_timeline(kRun, "run.json");
  timeline.jobs.resize(500, timeline.jobs.front());
  for (TimelineJob& job : timeline.jobs) job.steps.resize(500, {snowmen, snowmen, 0, 600});
  const std::string comment = comment_report(comparison, timeline, "");
  EXPECT_LE(comment.size(), kMarkdownLimit);
  EXPECT_THAT(comment, HasSubstr("more cases are in comparison.json"));
  EXPECT_LE(comment_without_result(snowmen, timeline, "").size(), kMarkdownLimit);
}

TEST(ReportTimeline, what_is_not_one_is_refused) {
  for (const char* text : {"", "[]", "{}", R"({"run": {}, "jobs": {}})", R"({"run": [], "jobs": []})",
                           R"({"run": {"created_at": 5}, "jobs": []})", R"({"run": {}, "jobs": [{}]})",
                           R"({"run": {"created_at": "today"}, "jobs": []})"})
    EXPECT_THROW((void)parse_timeline(text, "run.json"), Diagnostic) << text;
  EXPECT_NO_THROW((void)parse_timeline(R"({"run": {}, "jobs": []})", "run.json"));
  EXPECT_FALSE(parse_timeline(R"({"run": {"conclusion": null}, "jobs": []})", "run.json").failed());
}

}  // namespace
}  // namespace warpgauge
