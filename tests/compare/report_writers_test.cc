#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/escape.h"
#include "compare/report/comment.h"
#include "compare/report/github.h"
#include "compare/report/json.h"
#include "compare/report/junit.h"
#include "compare/report/markdown.h"
#include "compare/report/text.h"
#include "tests/base/hostile_names.h"
#include "tests/compare/report_test_support.h"

namespace warpgauge {
namespace {

using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::json;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

Comparison hostile_comparison() {
  Comparison comparison = make_comparison();
  comparison.cells.clear();
  for (const std::string& name : kHostileNames) {
    comparison.cells.push_back(make_cell(name, CellVerdict::regression, 1.5));
    comparison.notes.push_back(note::Sentence{name});
    comparison.differences.push_back({name, name, name, true});
  }
  return comparison;
}

Comparison large_comparison(std::size_t cells, const std::string& name) {
  Comparison comparison = make_comparison();
  comparison.cells.clear();
  for (std::size_t i = 0; i < cells; ++i) {
    const CellVerdict verdict = i % 2 ? CellVerdict::unchanged : CellVerdict::regression;
    comparison.cells.push_back(make_cell(name + std::to_string(i), verdict, 1.5));
    comparison.notes.push_back(note::Sentence{name});
    comparison.differences.push_back({name, name, name, true});
  }
  comparison.command = name;
  sort_worst_first(comparison.cells);
  return comparison;
}

TEST(SortWorstFirst, ByVerdictThenByRatio) {
  std::vector<Cell> cells = {
      make_cell("same", CellVerdict::unchanged, 1), make_cell("slow", CellVerdict::regression, 1.2),
      make_cell("slower", CellVerdict::regression, 1.9), make_cell("broken", CellVerdict::failed, 1)};
  sort_worst_first(cells);
  EXPECT_EQ(cells[0].name, "slower");
  EXPECT_EQ(cells[1].name, "slow");
  EXPECT_EQ(cells[2].name, "broken");
  EXPECT_EQ(cells[3].name, "same");
}

TEST(TextReport, FitsAHundredColumns) {
  for (const Comparison& comparison :
       {make_comparison(), hostile_comparison(), large_comparison(5, std::string(500, 'x'))}) {
    for (const std::string& line : lines_of(text_report(comparison, {}))) {
      if (line.find("  run: ") != std::string::npos) continue;
      EXPECT_LE(display_width(line), 100u) << line;
    }
  }
}

TEST(TextReport, HasNoColourAndNoControlBytesUnlessAsked) {
  EXPECT_THAT(text_report(hostile_comparison(), {}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(text_report(make_comparison(), {.colour = true}), HasSubstr("\x1b[31m"));
}

TEST(TextReport, NoLineFromTheDataIsACommandToCi) {
  for (const std::string& line : lines_of(text_report(hostile_comparison(), {}))) {
    const std::size_t first = line.find_first_not_of(' ');
    if (first == std::string::npos) continue;
    EXPECT_FALSE(std::string_view(line).substr(first).starts_with("::")) << line;
    EXPECT_EQ(line.find("##["), std::string::npos) << line;
  }
}

TEST(TextReport, VerdictIsTheLastLine) {
  EXPECT_THAT(lines_of(text_report(make_comparison(), {})).end()[-2], HasSubstr("verdict: regression"));
}

TEST(TextReport, TheFirstLineSaysThatMostCasesChangedTogether) {
  Comparison comparison = make_comparison();
  comparison.common_shift.ratio = 1.2;
  comparison.common_shift.is_uniform = true;
  EXPECT_THAT(text_report(comparison, {}), testing::StartsWith("most cases are 20.0 % slower (median): "));
  EXPECT_THAT(markdown_report(comparison), testing::StartsWith("**most cases are 20.0 % slower"));
  EXPECT_THAT(github_annotations(comparison), testing::HasSubstr("::most cases are 20.0 %25 slower"));
  EXPECT_THAT(junit_report(comparison), HasSubstr("<system-out>most cases are 20.0 % slower"));
  EXPECT_THAT(comment_report(comparison, {}, ""), HasSubstr("most cases are 20.0 % slower"));
  EXPECT_THAT(std::string(Json::parse(json_report(comparison))["headline"]),
              testing::StartsWith("most cases are 20.0 % slower"));
  EXPECT_TRUE(Json::parse(json_report(comparison))["common_shift"]["uniform"]);
  comparison.common_shift.metric = "cpu_time";
  EXPECT_THAT(text_report(comparison, {}), testing::StartsWith("cpu_time: most cases are 20.0 % slower"));
}

// The first case has a number of each metric.
Comparison two_metric_comparison() {
  Comparison comparison = make_comparison();
  comparison.policy.metrics = {
      {.name = "real_time", .absolute = 30.0},
      {.name = "balance", .better = Better::higher, .exact = true, .margins = {0, 0, 0}}};
  for (Cell& cell : comparison.cells) cell.metric = "real_time";
  Cell& balance = comparison.cells.emplace_back(comparison.cells.front());
  balance.metric = "balance";
  balance.ratio.reset();
  balance.ci.reset();
  balance.base.value = 8;
  balance.head.value = 5;
  balance.difference = 3;
  balance.why = ByDifference{true, 0};
  sort_worst_first(comparison.cells);
  return comparison;
}

TEST(SeveralMetrics, EachReportNamesTheMetricOfACase) {
  const Comparison comparison = two_metric_comparison();
  const std::string text = text_report(comparison, {}), markdown = markdown_report(comparison);
  EXPECT_THAT(text, HasSubstr("case ([metric]; + is worse)"));
  EXPECT_THAT(text, HasSubstr("slow [balance]\n      exact\n"));
  EXPECT_THAT(text, HasSubstr("slow [real_time]\n"));
  EXPECT_THAT(markdown, HasSubstr("| verdict | case | metric | base |"));
  EXPECT_THAT(markdown, HasSubstr("| regression | `slow` | `balance` | "));
  EXPECT_THAT(markdown, HasSubstr("- `slow [balance]`: "));
  EXPECT_THAT(junit_report(comparison), HasSubstr("name=\"slow [balance]\""));
  EXPECT_THAT(github_annotations(comparison), HasSubstr("::slow [balance]: "));
}

TEST(SeveralMetrics, JsonHasTheirPolicyAndTheDifferenceOfACase) {
  const Json json = Json::parse(json_report(two_metric_comparison()));
  const Json& metrics = json["policy"]["metrics"];
  EXPECT_EQ(metrics[0]["absolute"], 30);
  EXPECT_EQ(metrics[0]["exact"], false);
  EXPECT_EQ(metrics[1]["better"], "higher");
  EXPECT_EQ(metrics[1]["exact"], true);
  EXPECT_FALSE(metrics[1].contains("absolute"));
  const auto of_balance = [](const Json& cell) { return cell["metric"] == "balance"; };
  EXPECT_EQ(std::ranges::find_if(json["cells"], of_balance)->at("difference"), 3);
}

TEST(MarkdownReport, HasTwentyNotesAndTheNumberOfTheOthers) {
  Comparison comparison = make_comparison();
  comparison.notes.assign(25, note::ControlsUnused{});
  const std::string report = markdown_report(comparison);
  EXPECT_THAT(report, HasSubstr("- and 5 more\n"));
  const std::vector<std::string> lines = lines_of(report);
  EXPECT_EQ(std::ranges::count_if(
                lines, [](const std::string& line) { return line.starts_with("- the policy's controls"); }),
            20);
}

TEST(TextReport, InconclusiveSaysWhatItWouldTake) {
  EXPECT_THAT(text_report(make_comparison(), {}),
              HasSubstr("MDE: 2.5 %; about 4 more processes would resolve this"));
}

TEST(TextReport, AnAcceptedCaseIsCalledSo) {
  Comparison comparison = make_comparison();
  comparison.cells[6].why = Accepted{1500.0};
  EXPECT_THAT(text_report(comparison, {}),
              HasSubstr("accepted: the case restarts with this round; before: 1.500 us"));
  EXPECT_THAT(markdown_report(comparison), HasSubstr("| accepted | `fresh` |"));
}

TEST(TextReport, ACommonShiftIsToldWhereItsIntervalIsKnown) {
  Comparison comparison = make_comparison();
  comparison.common_shift = {.verdict = {}, .ratio = 1.02, .p = {}, .ci = {{1.01, 1.03}}};
  EXPECT_THAT(text_report(comparison, {}), HasSubstr("all cases together: +2.00 % (+1.00 .. +3.00 %)"));
  comparison.common_shift.ci.reset();
  EXPECT_THAT(text_report(comparison, {}), Not(HasSubstr("all cases together")));
}

TEST(TextReport, OfNothingIsTheVerdictAlone) {
  EXPECT_EQ(text_report({}, {}), "verdict: pass: no cases\n");
  EXPECT_EQ(text_report({}, {.colour = true}), "\x1b[1;32mverdict: pass: no cases\x1b[0m\n");
}

TEST(TextReport, AWordThatIsLongerThanALineIsBrokenBetweenCharacters) {
  Comparison comparison = make_comparison();
  comparison.notes = {note::Sentence{"a" + [] {
    std::string word;
    for (int i = 0; i < 150; ++i) word += "\u00e4";
    return word;
  }()}};
  for (const std::string& line : lines_of(text_report(comparison, {}))) EXPECT_EQ(visible(line), line);
}

TEST(TextReport, RegressionSaysHowToReproduceIt) {
  EXPECT_THAT(text_report(make_comparison(), {}), HasSubstr("run: bench '--benchmark_filter=^slow$'"));
}

TEST(JsonReport, ACaseThatARuleGovernsSaysWhatItWasHeldTo) {
  Comparison comparison = make_comparison();
  comparison.cells[1].margins = Margins{.fail_above = 0.5, .improve_above = 0.25, .same_within = 0.125};
  const Json json = Json::parse(json_report(comparison));
  EXPECT_EQ(json["cells"][1]["thresholds"],
            Json::parse(R"({"fail_above": 0.5, "improve_above": 0.25, "same_within": 0.125})"));
  EXPECT_FALSE(json["cells"][0].contains("thresholds"));
}

TEST(JsonReport, HasTheContractsKeys) {
  const Json json = Json::parse(json_report(make_comparison()));
  EXPECT_EQ(json["schema"], "warpgauge/comparison/2");
  EXPECT_EQ(json["verdict"], "regression");
  EXPECT_EQ(json["exit_code"], 1);
  for (const char* key : {"fail_above", "improve_above", "same_within", "alpha", "statistic", "method"})
    EXPECT_TRUE(json["policy"].contains(key)) << key;
  for (const char* key :
       {"regression", "improvement", "unchanged", "inconclusive", "new", "missing", "errored", "failed"}) {
    EXPECT_EQ(json["counts"][key], 1) << key;
  }
  for (const char* key : {"base", "head", "differences"}) EXPECT_TRUE(json["context"].contains(key)) << key;
  for (const char* key : {"verdict", "ratio", "ci", "p"})
    EXPECT_TRUE(json["common_shift"][key].is_null()) << key;
  const Json& cell = json["cells"][0];
  for (const char* key :
       {"name", "verdict", "ratio", "ci", "p", "p_adjusted", "cliffs_delta", "speedup", "improvement_pct",
        "is_regression", "base", "head", "mde", "blocks", "more_blocks", "why", "reason"}) {
    EXPECT_TRUE(cell.contains(key)) << key;
  }
  for (const char* key : {"median_ns", "p95_ns", "cv", "processes", "samples"})
    EXPECT_TRUE(cell["base"][key].is_null()) << key;
}

TEST(JsonReport, FasterIsPositive) {
  const Json json = Json::parse(json_report(make_comparison()));
  EXPECT_NEAR(json["cells"][0]["improvement_pct"], -50, 1e-9);
  EXPECT_NEAR(json["cells"][0]["speedup"], 1 / 1.5, 1e-12);
  EXPECT_EQ(json["cells"][0]["is_regression"], true);
  EXPECT_NEAR(json["cells"][5]["improvement_pct"], 20, 1e-9);
  EXPECT_GT(json["cells"][5]["speedup"], 1);
}

TEST(JsonReport, WhatIsNotFiniteIsNull) {
  Comparison comparison = make_comparison();
  comparison.cells[0].ratio = std::numeric_limits<double>::quiet_NaN();
  comparison.cells[0].ci = {0.0, std::numeric_limits<double>::infinity()};
  const Json json = Json::parse(json_report(comparison));
  EXPECT_TRUE(json["cells"][0]["ratio"].is_null());
  EXPECT_TRUE(json["cells"][0]["ci"][1].is_null());
}

TEST(JsonReport, ParsesWhateverTheNames) {
  const Json json = Json::parse(json_report(hostile_comparison()));
  EXPECT_EQ(json["cells"].size(), std::size(kHostileNames));
}

TEST(MarkdownReport, StaysBelowTheLimit) {
  const std::string worst(5000, '#');
  for (const std::size_t cells : {0u, 10u, 1000u, 20000u}) {
    for (const std::string& name :
         {std::string("cpu/blas/f32/S:512/"), worst, std::string("\x01\xff|`"), std::string(3000, '|')}) {
      EXPECT_LE(markdown_report(large_comparison(cells, name)).size(), kMarkdownLimit)
          << cells << name.substr(0, 8);
    }
  }
}

TEST(MarkdownReport, NothingFromTheDataBecomesMarkup) {
  for (const std::string& line : lines_of(markdown_report(hostile_comparison()))) {
    EXPECT_THAT(line, Not(HasSubstr("\x1b")));
    if (!line.starts_with("| regression |")) continue;
    std::size_t pipes = 0;
    for (std::size_t i = 0; i < line.size(); ++i) pipes += line[i] == '|' && (i == 0 || line[i - 1] != '\\');
    EXPECT_EQ(pipes, 7u) << line;
  }
}

TEST(MarkdownReport, SaysWhatACommentNeeds) {
  Comparison comparison = make_comparison();
  comparison.differences = {{"driver", "550", "560", false}};
  comparison.base_context["commit"] = "abc";
  const std::string text = markdown_report(comparison);
  for (const char* part :
       {"1 regression", "1 new", "1 missing", "+50.0 %", "+47.0 .. +53.0 %", "`driver`: `550` → `560`",
        "base `abc`", "<details>", "warpgauge-compare gate --base base.json --head head.json"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(MarkdownReport, TheMarkIsTheVerdicts) {
  Comparison comparison = make_comparison();
  EXPECT_TRUE(markdown_report(comparison).starts_with("### ❌ "));
  comparison.cells.clear();
  EXPECT_TRUE(markdown_report(comparison).starts_with("### ✅ "));
  comparison.hindrances = {Hindrance::cases_missing};
  EXPECT_TRUE(markdown_report(comparison).starts_with("### ❔ "));
}

TEST(MarkdownReport, LeavesOutWhatIsNotThere) {
  Comparison comparison = make_comparison();
  for (Cell& cell : comparison.cells) cell.why = std::monostate(), cell.reproduce.clear();
  comparison.head_context["commit"] = "def";
  comparison.command.clear();
  const std::string text = markdown_report(comparison);
  EXPECT_THAT(text, HasSubstr("base unknown, head `def`"));
  EXPECT_THAT(text, Not(HasSubstr("\n- ")));
  EXPECT_THAT(text, Not(HasSubstr("made by")));
  EXPECT_THAT(markdown_report({}), Not(HasSubstr("<details>")));
}

TEST(JunitReport, CountsAndElementsAgree) {
  const std::string text = junit_report(make_comparison());
  EXPECT_THAT(text, HasSubstr("tests=\"8\" failures=\"2\" errors=\"1\" skipped=\"2\""));
  const auto count = [&](const std::string& what) {
    std::size_t found = 0;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
    return found;
  };
  EXPECT_EQ(count("<testcase"), 8u);
  EXPECT_EQ(count("<failure "), 2u);
  EXPECT_EQ(count("<error "), 1u);
  EXPECT_EQ(count("<skipped "), 2u);
}

TEST(JunitReport, NothingFromTheDataBecomesMarkup) {
  const std::string text = junit_report(hostile_comparison());
  EXPECT_THAT(text, Not(HasSubstr("<img")));
  EXPECT_THAT(text, Not(HasSubstr("<script")));
  EXPECT_THAT(text, Not(HasSubstr("]]>")));
}

TEST(GithubAnnotations, TheKindIsTheVerdicts) {
  Comparison comparison = make_comparison();
  EXPECT_TRUE(github_annotations(comparison).starts_with("::error title=warpgauge::"));
  comparison.cells.clear();
  comparison.hindrances = {Hindrance::cases_missing};
  EXPECT_TRUE(github_annotations(comparison).starts_with("::warning title=warpgauge::"));
  comparison.hindrances.clear();
  EXPECT_TRUE(github_annotations(comparison).starts_with("::notice title=warpgauge::"));
}

TEST(GithubAnnotations, OneForEachCaseThatNeedsSomebody) {
  Comparison comparison = make_comparison();
  const auto lines = lines_of(github_annotations(comparison));
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[1],
            "::error title=regression::slow: slower: +50.0 %25 (95 %25 interval: +47.0 .. +53.0 %25); beyond "
            "the limit of "
            "1 %25; 3 processes per side");
  EXPECT_EQ(lines[2], "::error title=failed::broken: head.json: because of broken");
  EXPECT_EQ(lines[3], "::warning title=missing::gone: not in head");
  EXPECT_EQ(lines_of(github_annotations({})).size(), 1u);
}

TEST(JunitReport, AReasonThatIsNotKnownIsLeftOut) {
  Comparison comparison = make_comparison();
  comparison.cells.front().why = std::monostate();
  EXPECT_THAT(junit_report(comparison), HasSubstr("message=\"regression\""));
}

TEST(GithubAnnotations, TenAtMostAndOneLineEach) {
  const std::string text = github_annotations(large_comparison(100, "x\n::error::y"));
  const auto lines = lines_of(text);
  EXPECT_EQ(lines.size(), 10u);
  for (const std::string& line : lines) EXPECT_TRUE(line.starts_with("::error title=")) << line;
}

}  // namespace
}  // namespace warpgauge
