// Values of several metrics in a stored baseline.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compare/baseline/bless.h"
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

}  // namespace
}  // namespace warpgauge
