// Values of several metrics in a stored baseline.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compare/baseline/bless.h"
#include "compare/decide/gate.h"
#include "tests/compare/baseline_test_support.h"

namespace warpgauge {
namespace {

using testing::ElementsAre;

const Metric kAllocs{"allocs_per_iter", Better::lower};

Cell cell_in(const std::string& name, const std::string& metric, CellVerdict verdict, double value) {
  Cell cell;
  cell.name = name;
  cell.metric = metric;
  cell.verdict = verdict;
  cell.head.value = value;
  return cell;
}

Comparison comparison_with(std::vector<Cell> cells) {
  Comparison comparison;
  comparison.cells = std::move(cells);
  comparison.policy.metrics = {{.name = "real_time"}, {.name = "allocs_per_iter", .exact = true}};
  return comparison;
}

Baseline first_round() {
  Baseline baseline;
  add_round(baseline, make_round(1),
            comparison_with({cell_in("a", "real_time", CellVerdict::added, 100),
                             cell_in("a", "allocs_per_iter", CellVerdict::added, 0),
                             cell_in("b", "allocs_per_iter", CellVerdict::added, -3)}));
  return baseline;
}

TEST(BaselineMetrics, a_round_adds_the_values_of_all_metrics) {
  const Baseline baseline = first_round();
  EXPECT_THAT(baseline.cases.at("a"), ElementsAre(100.0));
  ASSERT_EQ(baseline.others.size(), 1u);
  EXPECT_EQ(baseline.others[0].metric, kAllocs);
  EXPECT_THAT(baseline.others[0].cases.at("a"), ElementsAre(0.0));
  EXPECT_THAT(baseline.others[0].cases.at("b"), ElementsAre(-3.0));
}

TEST(BaselineMetrics, zero_and_negative_values_are_written_and_read) {
  const std::string text = format_baseline(first_round());
  EXPECT_EQ(format_baseline(parse_baseline(text, "x.json")), text);
}

TEST(BaselineMetrics, a_case_without_the_first_metric_is_no_case_of_it) {
  const Baseline baseline = first_round();
  std::vector<StoredMetric> metrics = stored_metrics(baseline, "x.json", {Metric(), kAllocs}, {{}, {}});
  EXPECT_EQ(metrics[0].stored.results.processes.front().cases.size(), 1u);
  EXPECT_EQ(metrics[1].stored.results.processes.front().cases.size(), 2u);
  EXPECT_THAT(metrics[1].stored.values.at("b"), ElementsAre(-3.0));
}

TEST(BaselineMetrics, an_improvement_drops_older_rounds_of_its_metric_only) {
  Baseline baseline = first_round();
  add_round(baseline, make_round(2),
            comparison_with({cell_in("a", "real_time", CellVerdict::improvement, 50),
                             cell_in("a", "allocs_per_iter", CellVerdict::unchanged, 0)}));
  EXPECT_THAT(baseline.cases.at("a"), ElementsAre(std::nullopt, 50.0));
  EXPECT_THAT(baseline.others[0].cases.at("a"), ElementsAre(0.0, 0.0));
}

TEST(BaselineMetrics, a_metric_that_is_not_the_first_is_blessed_in_its_place) {
  Baseline baseline = first_round();
  Comparison comparison;
  comparison.cells = {cell_in("a", "", CellVerdict::unchanged, 7)};
  comparison.policy.metric = "allocs_per_iter";
  add_round(baseline, make_round(2), comparison);
  EXPECT_THAT(baseline.cases.at("a"), ElementsAre(100.0, std::nullopt));
  EXPECT_THAT(baseline.others[0].cases.at("a"), ElementsAre(0.0, 7.0));
}

TEST(BaselineMetrics, a_time_of_zero_is_refused) {
  std::string text = format_baseline(first_round());
  text.replace(text.find("100.0"), 5, "0.0");
  EXPECT_ANY_THROW((void)parse_baseline(text, "x.json"));
}

TEST(BaselineMetrics, a_rename_is_of_all_metrics) {
  Baseline baseline = first_round();
  const BlessEdits edits{.accept = {}, .remove = {}, .renames = {"a=z"}, .reason = "moved"};
  EXPECT_FALSE(edit_baseline(baseline, edits, {}, make_round(2)));
  EXPECT_TRUE(baseline.cases.contains("z"));
  EXPECT_TRUE(baseline.others[0].cases.contains("z"));
  EXPECT_FALSE(baseline.others[0].cases.contains("a"));
}

TEST(BaselineMetrics, a_case_that_failed_in_a_round_has_no_number_of_it) {
  Baseline baseline = first_round();
  BaselineRound round = make_round(2);
  round.failed = {"a"};
  add_round(baseline, round,
            comparison_with({cell_in("a", "real_time", CellVerdict::failed, 50),
                             cell_in("b", "allocs_per_iter", CellVerdict::unchanged, -3)}));
  EXPECT_THAT(baseline.cases.at("a"), ElementsAre(100.0, std::nullopt));
}

TEST(BaselineMetrics, an_exact_metric_is_compared_with_the_last_round) {
  Baseline baseline = first_round();
  add_round(baseline, make_round(2),
            comparison_with({cell_in("a", "allocs_per_iter", CellVerdict::unchanged, 4)}));
  for (const double value : {4.0, 5.0}) {
    ResultSet head;
    Case& one = head.processes.emplace_back().cases.emplace_back();
    one.name = one.raw_name = "a";
    one.repetitions.push_back({.value = value, .samples = {}});
    std::vector<StoredMetric> metrics = stored_metrics(baseline, "x.json", {kAllocs}, {head});
    GateOptions options;
    options.metrics = {kAllocs};
    const Comparison comparison = compare_with_baseline(metrics, options);
    const auto found = std::ranges::find(comparison.cells, "a", &Cell::name);
    ASSERT_NE(found, comparison.cells.end());
    EXPECT_EQ(found->verdict, value == 4 ? CellVerdict::unchanged : CellVerdict::regression);
    EXPECT_EQ(found->base.value, 4);
  }
}

}  // namespace
}  // namespace warpgauge
