#include "compare/report/comparison_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "base/escape.h"
#include "base/text.h"
#include "compare/report/json.h"
#include "tests/base/complaint.h"
#include "tests/compare/report_test_support.h"

namespace warpgauge {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

// `comparison` as a program reads it that gets the file.
Comparison again(const Comparison& comparison) {
  return parse_comparison(json_report(comparison), "c.json");
}

void expect_same_cells(const Comparison& comparison) {
  const Comparison read = again(comparison);
  // Shifts are stored as ratios, so their logs may differ in the last bit; the bytes do not.
  EXPECT_EQ(json_report(read), json_report(comparison));
  ASSERT_EQ(read.cells.size(), comparison.cells.size());
  for (std::size_t i = 0; i < read.cells.size(); ++i)
    EXPECT_EQ(read.cells[i].why.index(), comparison.cells[i].why.index()) << i;
}

// Two metrics, one of them exact.
Comparison of_two_metrics() {
  Comparison comparison;
  comparison.policy.statistic = "q25";
  comparison.policy.metrics = {
      {.name = "real_time", .absolute = 30.0},
      {.name = "balance", .better = Better::higher, .exact = true, .margins = {0, 0, 0}}};
  Cell time = make_cell("a", CellVerdict::unchanged, 1);
  time.metric = "real_time";
  Cell balance = make_cell("a", CellVerdict::regression, 1);
  balance.metric = "balance";
  balance.ratio = {};
  balance.difference = 3.0;
  balance.base.value = -5.0;
  balance.head.value = -8.0;
  balance.why = ByDifference{true, 0};
  comparison.cells = {balance, time};
  for (const Why& why : {Why(DifferenceOpen{true}), Why(ExactVaries{Side::base, -2, 3})}) {
    Cell open = make_cell("b" + std::to_string(why.index()), CellVerdict::inconclusive, 1);
    open.metric = "balance";
    open.why = why;
    comparison.cells.push_back(open);
  }
  comparison.common_shift.metric = "real_time";
  comparison.hindrances = {Hindrance::exact_varies};
  return comparison;
}

TEST(ComparisonFile, OfSeveralMetricsIsReadToEqualBytes) {
  const Comparison comparison = of_two_metrics(), read = again(comparison);
  EXPECT_EQ(json_report(read), json_report(comparison));
  EXPECT_EQ(read.cells, comparison.cells);
  EXPECT_EQ(read.policy, comparison.policy);
  EXPECT_EQ(read.common_shift, comparison.common_shift);
}

TEST(ComparisonFile, ACaseHasOneCellPerMetricAndNoOther) {
  Comparison twice = of_two_metrics();
  twice.cells[1].metric = "balance";
  EXPECT_THAT(complaint_of([&] { (void)again(twice); }), HasSubstr("an earlier cell has the same name"));
  Comparison unknown = of_two_metrics();
  unknown.cells[1].metric = "cpu_time";
  EXPECT_THAT(complaint_of([&] { (void)again(unknown); }), HasSubstr("is not one of policy.metrics"));
}

TEST(ComparisonFile, OfEveryVerdictIsReadToEqualBytes) {
  Comparison comparison = make_comparison();
  comparison.policy = {.margins = {0.02, 0.03, 0.04},
                       .alpha = 0.001,
                       .metric = "tflops",
                       .statistic = "q10",
                       .unit = Unit::block};
  comparison.base_context = {{"commit", "abc"}};
  comparison.head_context = {{"commit", "def"}, {"date", "2026"}};
  comparison.baseline_context = {{"commit", "012"}};
  comparison.differences = {{"cpu_model", "1", "2", true}, {"driver", "a", "b", false}};
  comparison.common_shift = {CellVerdict::unchanged, 1.001, 0.5, std::array{0.99, 1.01}};
  comparison.assumed_deviation = 0.05;
  comparison.cells[0].margins = Margins{0.1, 0.2, 0.3};
  comparison.cells[0].base = {1.5, 2.5, 3.5, 0.01, 3, 40};
  comparison.cells[0].cliffs_delta = -0.5;
  const Comparison read = again(comparison);
  EXPECT_EQ(json_report(read), json_report(comparison));
  EXPECT_EQ(read.cells, comparison.cells);
  EXPECT_EQ(read.policy, comparison.policy);
  EXPECT_EQ(read.common_shift, comparison.common_shift);
  EXPECT_EQ(read.differences, comparison.differences);
  EXPECT_EQ(read.baseline_context, comparison.baseline_context);
  EXPECT_EQ(verdict_of(read), RunVerdict::regression);
}

TEST(ComparisonFile, EveryReasonIsReadAsTheSameFacts) {
  const ExcludedUnits units{Side::base, false, {1, 3}, 8, std::log(1.37)};
  const Why whys[] = {std::monostate(),
                      NotProved{true},
                      ChangeProved{0.01, {}},
                      ChangeProved{0.02, std::log(1.07)},
                      SameProved{0.015},
                      DependsOnExclusion{Decided::improvement, std::log(0.93), {units, {}}},
                      NullControlFailed{Decided::unchanged},
                      AllExcluded{},
                      NotAnalysed{},
                      NoTime{},
                      BelowResolution{0.5},
                      Dropped{Side::base, "exit 1\n"},
                      Failed{Side::head, "h.json", "wrong"},
                      Failed{Side::base, "b.json", "wrong", true},
                      Failed{Side::head, "h.json", "wrong", false, true},
                      Absent{Side::base},
                      Skipped{Side::head, "h.json", "no GPU"},
                      OtherMachine{},
                      Accepted{},
                      Accepted{1.5},
                      ByDifference{true, 2},
                      DifferenceOpen{true},
                      ExactVaries{Side::base, 3, 4}};
  Comparison comparison;
  for (const Why& why : whys) {
    Cell cell;
    cell.name = "case " + std::to_string(comparison.cells.size());
    cell.why = why;
    if (auto* depends = std::get_if<DependsOnExclusion>(&cell.why))
      depends->excluded[1] = {Side::head, true, {2}, 8, 0.1};
    comparison.cells.push_back(cell);
  }
  EXPECT_EQ(comparison.cells.size(), std::variant_size_v<Why> + 4);
  const Comparison read = again(comparison);
  EXPECT_EQ(json_report(read), json_report(comparison));
  for (std::size_t i = 0; i < read.cells.size(); ++i)
    EXPECT_EQ(read.cells[i].why.index(), comparison.cells[i].why.index()) << i;
  EXPECT_EQ(again(read).cells, read.cells);
}

// Reasons hold logs, the file holds ratios, and exp(log(ratio)) is often another number than ratio.
TEST(ComparisonFile, RatiosOfReasonsAreReadToEqualBytes) {
  Comparison comparison;
  for (int i = 0; i < 2000; ++i) {
    Cell cell;
    cell.name = std::to_string(i);
    cell.why = ChangeProved{0.01, 0.001 * i - 1};
    comparison.cells.push_back(cell);
  }
  EXPECT_EQ(json_report(again(comparison)), json_report(comparison));
}

TEST(ComparisonFile, NumbersThatAreNotFiniteStayUnknown) {
  Comparison comparison = make_comparison();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  comparison.mde = kInfinity;
  comparison.cells[0].ci = std::array{-kInfinity, 1.5};
  comparison.cells[1].ci = std::array{0.5, kInfinity};
  EXPECT_EQ(json_report(again(comparison)), json_report(comparison));
  EXPECT_FALSE(again(comparison).mde);
}

TEST(ComparisonFile, NotesAreSentencesAndHindrancesAreFacts) {
  Comparison comparison = make_comparison();
  comparison.cells.clear();
  comparison.notes = {note::ControlsUnused{}, note::Drift{2, "a", 1.1, 5}};
  comparison.hindrances.assign(kHindrances.begin(), kHindrances.end());
  const Comparison read = again(comparison);
  EXPECT_THAT(read.notes, SizeIs(2));
  EXPECT_EQ(read.hindrances, comparison.hindrances);
  EXPECT_EQ(json_report(read), json_report(comparison));
}

TEST(ComparisonFile, HostileNamesComeThroughAsTheyAre) {
  Comparison comparison = make_comparison();
  comparison.cells[0].name = "a|`b`\x1b[31m @team \xe2\x80\xae <img>";
  expect_same_cells(comparison);
}

// The files of the golden outputs.
TEST(ComparisonFile, WhatTheProgramWroteIsReadToEqualBytes) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(WARPGAUGE_TESTDATA "/compare")) {
    if (entry.path().filename() != "comparison.json") continue;
    const std::string text = read_file(entry.path().string());
    EXPECT_EQ(json_document(json_report(parse_comparison(text, "c.json"))), text) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 3u);
}

// As version 1 wrote it: with a hindrance that version 2 does not have.
TEST(ComparisonFile, VersionOneIsRead) {
  std::string text = json_report(make_comparison());
  const auto change = [&](const std::string& from, const std::string& to) {
    ASSERT_NE(text.find(from), std::string::npos) << from;
    text.replace(text.find(from), from.size(), to);
  };
  change("\"hindrances\": []", "\"hindrances\": [\"base_failed\"]");
  EXPECT_THAT(complaint_of([&] { (void)parse_comparison(text, "c.json"); }),
              HasSubstr("hindrances[0]: expected one of"));
  change("comparison/2", "comparison/1");
  EXPECT_EQ(parse_comparison(text, "c.json").hindrances, std::vector<Hindrance>{Hindrance::doubt});
}

TEST(ComparisonFile, WhatContradictsItselfIsRefused) {
  const std::string text = json_report(make_comparison());
  const auto complaint = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    changed.replace(changed.find(from), from.size(), to);
    return complaint_of([&] { (void)parse_comparison(changed, "c.json"); });
  };
  EXPECT_EQ(
      complaint("\"verdict\": \"regression\"", "\"verdict\": \"pass\""),
      "c.json: verdict: is pass, but cells and hindrances make it regression; write it again with --json");
  EXPECT_EQ(complaint("\"exit_code\": 1", "\"exit_code\": 0"),
            "c.json: exit_code: is 0, but the verdict makes it 1; write it again with --json");
  EXPECT_THAT(complaint("\"name\":\"broken\"", "\"name\":\"slow\""),
              HasSubstr("cells[1].name: an earlier cell has the same name"));
  EXPECT_THAT(complaint("\"kind\":\"change_proved\"", "\"kind\":\"guessed\""),
              HasSubstr("cells[0].why.kind: expected one of \"not_proved\", \"change_proved\""));
  EXPECT_THAT(complaint("\"kind\":\"change_proved\"", "\"kind\":\"dropped\""),
              HasSubstr("cells[0].why.side: is missing"));
  EXPECT_THAT(complaint("\"margin\":0.01", "\"margin\":-1"),
              HasSubstr("cells[0].why.margin: expected a finite number of at least 0"));
  EXPECT_THAT(complaint("\"ratio\":1.5", "\"ratio\":0"),
              HasSubstr("cells[0].ratio: 0 is not greater than 0"));
  EXPECT_THAT(complaint("\"hindrances\": []", "\"hindrances\": [\"boredom\"]"),
              HasSubstr("hindrances[0]: expected one of"));
  EXPECT_THAT(complaint("comparison/2", "comparison/3"),
              HasSubstr("another version of warpgauge wrote this file"));
}

}  // namespace
}  // namespace warpgauge
