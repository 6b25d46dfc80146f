// Several metrics, exact ones, and numbers without logs: limits, policy, comparison.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "compare/decide/gate.h"
#include "tests/compare/input_test_support.h"

namespace warpgauge {
namespace {

using testing::HasSubstr;

Policy policy_with_members(std::string_view members) {
  return parse_policy(R"({"schema": "warpgauge/policy/2", )" + std::string(members) + "}", "p.json");
}
std::string metrics_complaint(std::string_view members) {
  return complaint_of([&] { (void)policy_with_members(members); });
}

const Metric kTime, kAllocs{"allocs_per_iter", Better::lower}, kScore{"score", Better::higher};

TEST(Limits, an_absolute_limit_is_a_share_of_base) {
  const CaseLimits limits{{0.02, 0.02, 0.015}, AbsoluteLimit{30, true}};
  EXPECT_DOUBLE_EQ(margins_at(limits, 100, Better::lower).fail_above, 0.3);
  EXPECT_DOUBLE_EQ(margins_at(limits, 100, Better::lower).improve_above, 0.3);
  EXPECT_DOUBLE_EQ(margins_at(limits, 100, Better::lower).same_within, 0.3);
  EXPECT_EQ(margins_at(limits, 1e6, Better::lower), limits.margins);
  EXPECT_LT(margins_at(limits, 10, Better::lower).improve_above, 1);
}

TEST(Limits, if_higher_is_better_head_may_be_smaller_by_the_limit) {
  const CaseLimits limits{{0, 0, 0.015}, AbsoluteLimit{20, false}};
  const Margins margins = margins_at(limits, 100, Better::higher);
  EXPECT_DOUBLE_EQ(margins.fail_above, 100.0 / 80 - 1);
  EXPECT_DOUBLE_EQ(margins.improve_above, 1 - 100.0 / 120);
  EXPECT_TRUE(std::isfinite(margins_at(limits, 5, Better::higher).fail_above));
}

TEST(Limits, of_differences_are_the_larger_part) {
  const CaseLimits limits{{0.1, 0.1, 0}, AbsoluteLimit{2, false}};
  EXPECT_DOUBLE_EQ(difference_limits(limits, -100).fail, 10);
  EXPECT_DOUBLE_EQ(difference_limits(limits, 5).fail, 2);
  EXPECT_DOUBLE_EQ(difference_limits(limits, 5).improve, -2);
}

TEST(PolicyMetrics, are_read_with_direction_exactness_and_limits) {
  const Policy policy = policy_with_members(R"("metrics": [
    {"metric": "allocs_per_iter", "better": "lower", "fail_above": "0"},
    {"metric": "score", "better": "higher", "exact": true},
    {"metric": "real_time", "fail_above": {"relative": "2%", "absolute": "30ns"}}])");
  ASSERT_EQ(policy.metrics.size(), 3u);
  EXPECT_EQ(policy.metrics[1].metric, kScore);
  EXPECT_EQ(policy.metrics[1].exact, true);
  EXPECT_FALSE(policy.metrics[0].exact);
  const CaseLimits time = policy.limits_of("a", kTime, false);
  EXPECT_DOUBLE_EQ(time.margins.fail_above, 0.02);
  EXPECT_EQ(time.absolute, (AbsoluteLimit{30, true}));
}

TEST(PolicyMetrics, what_is_wrong_with_them_is_reported) {
  EXPECT_THAT(metrics_complaint(R"("metrics": [{"metric": "widgets"}])"), HasSubstr("--better"));
  EXPECT_THAT(metrics_complaint(R"("metrics": [{"metric": "real_time"}, {"metric": "real_time"}])"),
              HasSubstr("an earlier metric has the same name"));
  EXPECT_THAT(metrics_complaint(R"("metrics": [{"metric": "real_time", "exact": true}])"),
              HasSubstr("a time is never exact"));
  EXPECT_THAT(metrics_complaint(R"("metrics": [{"metric": "real_time", "fail_above": {"absolute": 30}}])"),
              HasSubstr("has no unit, but real_time is a time"));
  EXPECT_THAT(metrics_complaint(R"("metrics": [{"metric": "tflops", "fail_above": {"absolute": "30ns"}}])"),
              HasSubstr("is a time, but tflops is a counter"));
  EXPECT_THAT(
      metrics_complaint(R"("metrics": [{"metric": "tflops"}], "rules": [{"match": "a", "metric": "tflop"}])"),
      HasSubstr("\"tflop\" is not one of the metrics"));
  EXPECT_THAT(complaint_of(
                  [] { (void)parse_policy(R"({"schema": "warpgauge/policy/1", "metrics": []})", "p.json"); }),
              HasSubstr("metrics: unknown key"));
}

TEST(PolicyMetrics, defaults_and_rules_do_not_loosen_exact_metrics_unless_they_name_them) {
  const Policy policy = policy_with_members(R"("defaults": {"fail_above": "5%"},
    "rules": [{"match": "a", "fail_above": "9%"}, {"match": "b", "metric": "allocs_per_iter", "fail_above": "3%"}])");
  EXPECT_EQ(policy.limits_of("a", kAllocs, true).margins.fail_above, 0);
  EXPECT_DOUBLE_EQ(policy.limits_of("b", kAllocs, true).margins.fail_above, 0.03);
  EXPECT_DOUBLE_EQ(policy.limits_of("a", kTime, false).margins.fail_above, 0.09);
  EXPECT_DOUBLE_EQ(policy.limits_of("b", kTime, false).margins.fail_above, 0.05);
}

TEST(PolicyMetrics, an_absolute_default_is_for_metrics_of_its_kind) {
  const Policy policy =
      policy_with_members(R"("defaults": {"fail_above": {"relative": "2%", "absolute": "30ns"}})");
  EXPECT_TRUE(policy.limits_of("a", kTime, false).absolute);
  EXPECT_FALSE(policy.limits_of("a", kScore, false).absolute);
  EXPECT_DOUBLE_EQ(policy.limits_of("a", kScore, false).margins.fail_above, 0.02);
}

TEST(PolicyMetrics, a_limit_that_is_set_again_replaces_both_parts) {
  Policy policy = policy_with_members(
      R"("metrics": [{"metric": "real_time", "fail_above": {"relative": "2%", "absolute": "30ns"}}])");
  policy.overrides.fail_above = 0.1;
  EXPECT_FALSE(policy.limits_of("a", kTime, false).absolute);
  EXPECT_DOUBLE_EQ(policy.limits_of("a", kTime, false).margins.fail_above, 0.1);
}

// Eight cases; `value(case, process)` by metric.
ResultSet counted_results(int processes, const std::function<double(int, int)>& value) {
  ResultSet results;
  for (int p = 0; p < processes; ++p) {
    Process& process = results.processes.emplace_back();
    for (int c = 0; c < 8; ++c) {
      Case& one = process.cases.emplace_back();
      one.name = one.raw_name = "case" + std::to_string(c);
      one.repetitions.push_back({.value = value(c, p), .samples = {}});
    }
  }
  return results;
}

double case_time(int c, int p) {
  return 1000.0 * (c + 1) * (1 + 0.0005 * ((7 * c + 5 * p) % 11));
}

const Cell& cell_in_metric(const Comparison& comparison, const std::string& name, const std::string& metric) {
  return *std::ranges::find_if(comparison.cells,
                               [&](const Cell& cell) { return cell.name == name && cell.metric == metric; });
}

GateOptions options_with(std::vector<Metric> metrics) {
  GateOptions options;
  options.metrics = std::move(metrics);
  return options;
}

TEST(Exactness, is_declared_by_policy_table_or_producer) {
  ResultSet results = counted_results(1, case_time);
  EXPECT_FALSE(is_exact(kScore, {}, {&results}));
  results.processes.front().context.exact_counters = {"score"};
  EXPECT_TRUE(is_exact(kScore, {}, {&results}));
  EXPECT_TRUE(is_exact(kAllocs, {}, {}));
  Policy policy;
  policy.metrics = {{kAllocs, false, {}}, {kScore, false, {}}};
  EXPECT_FALSE(is_exact(kAllocs, policy, {&results}));
  EXPECT_FALSE(is_exact(kScore, policy, {&results}));
  results.processes.front().context.exact_counters = {"real_time"};
  EXPECT_FALSE(is_exact(kTime, {}, {&results}));
}

TEST(Metrics, each_case_has_a_cell_per_metric) {
  const auto allocs = [](int c, int) { return c == 2 ? 3.0 : 0.0; };
  const auto more = [](int c, int) { return c == 2 ? 4.0 : 0.0; };
  const std::vector<MetricSides> sides{{kAllocs, counted_results(1, allocs), counted_results(1, more)},
                                       {kTime, counted_results(1, case_time), counted_results(1, case_time)}};
  const Comparison comparison = compare_results(sides, options_with({kAllocs, kTime}));
  EXPECT_EQ(comparison.cells.size(), 16u);
  EXPECT_EQ(comparison.policy.metrics.size(), 2u);
  const Cell& worse = cell_in_metric(comparison, "case2", "allocs_per_iter");
  EXPECT_EQ(worse.verdict, CellVerdict::regression);  // with one file per side
  EXPECT_EQ(worse.difference, 1);
  EXPECT_DOUBLE_EQ(*worse.ratio, 4.0 / 3);
  EXPECT_FALSE(worse.p);
  EXPECT_EQ(cell_in_metric(comparison, "case1", "allocs_per_iter").verdict, CellVerdict::unchanged);
  EXPECT_EQ(verdict_of(comparison), RunVerdict::regression);
}

TEST(Metrics, a_case_that_one_side_lacks_is_reported_once) {
  const ResultSet base = counted_results(1, case_time);
  ResultSet head = base;
  head.processes.front().cases.pop_back();
  const std::vector<MetricSides> sides{{kAllocs, base, head}, {kTime, base, head}};
  EXPECT_EQ(compare_results(sides, options_with({kAllocs, kTime})).count(CellVerdict::missing), 1u);
}

TEST(Metrics, exact_numbers_that_vary_make_the_run_undecided) {
  const ResultSet base = counted_results(3, [](int, int) { return 3.0; });
  const ResultSet head = counted_results(3, [](int c, int p) { return c == 0 && p == 2 ? 4.0 : 3.0; });
  const Comparison comparison = compare_results(base, head, options_with({kAllocs}));
  EXPECT_EQ(verdict_of(comparison), RunVerdict::undecided);
  EXPECT_EQ(comparison.count(CellVerdict::inconclusive), 1u);
  EXPECT_EQ(comparison.count(CellVerdict::unchanged), 7u);
}

TEST(Metrics, an_exact_number_can_be_named_as_noise) {
  GateOptions options = options_with({kAllocs});
  options.noise = {"case0"};
  const ResultSet base = counted_results(1, [](int, int) { return 3.0; });
  const ResultSet head = counted_results(1, [](int c, int) { return c < 2 ? 4.0 : 3.0; });
  const Comparison comparison = compare_results(base, head, options);
  const Cell& noise = cell_in_metric(comparison, "case0", "");
  EXPECT_EQ(noise.verdict, CellVerdict::inconclusive);
  ASSERT_TRUE(std::holds_alternative<NotProved>(noise.why));
  EXPECT_TRUE(std::get<NotProved>(noise.why).named_noise);
  EXPECT_EQ(cell_in_metric(comparison, "case1", "").verdict, CellVerdict::regression);
}

TEST(Metrics, exactness_is_not_inferred_from_one_process) {
  const ResultSet base = counted_results(1, [](int, int) { return 100.0; });
  const ResultSet head = counted_results(1, [](int c, int) { return c == 0 ? 101.0 : 100.0; });
  EXPECT_EQ(compare_results(base, head, options_with({kScore})).count(CellVerdict::regression), 0u);
}

TEST(Metrics, zero_is_a_value_of_a_counter_that_is_not_exact) {
  const Metric lower{"widgets", Better::lower}, higher{"widgets", Better::higher};
  const ResultSet none = counted_results(1, [](int, int) { return 0.0; });
  const ResultSet some = counted_results(1, [](int c, int) { return c == 0 ? 2.0 : 0.0; });
  const Comparison worse = compare_results(none, some, options_with({lower}));
  EXPECT_EQ(worse.count(CellVerdict::regression), 1u);
  EXPECT_EQ(worse.count(CellVerdict::unchanged), 7u);
  EXPECT_EQ(worse.cells.front().base.value, 0);
  EXPECT_FALSE(worse.cells.front().ratio);
  EXPECT_EQ(compare_results(none, some, options_with({higher})).count(CellVerdict::improvement), 1u);
  const Comparison fewer = compare_results(some, none, options_with({higher}));
  EXPECT_EQ(fewer.count(CellVerdict::regression), 1u);
  EXPECT_FALSE(std::signbit(fewer.cells.front().head.value.value_or(-1)));  // 0, not -0
}

TEST(Metrics, a_difference_within_the_absolute_limit_is_unchanged) {
  GateOptions options = options_with({kAllocs});
  options.policy.metrics = {{kAllocs, {}, {0, {}, {}, AbsoluteLimit{2, false}}}};
  const ResultSet base = counted_results(1, [](int, int) { return 0.0; });
  const ResultSet head = counted_results(1, [](int c, int) { return 2.0 + (c == 0); });
  const Comparison comparison = compare_results(base, head, options);
  EXPECT_EQ(comparison.count(CellVerdict::regression), 1u);
  EXPECT_EQ(comparison.count(CellVerdict::unchanged), 7u);
  // So is one of a metric that is not exact.
  const Metric widgets{"widgets", Better::lower};
  options.metrics = {widgets};
  options.policy.metrics = {{widgets, {}, {0, {}, {}, AbsoluteLimit{2, false}}}};
  EXPECT_EQ(compare_results(base, head, options).count(CellVerdict::regression), 1u);
}

TEST(Metrics, numbers_of_which_higher_is_better_are_reported_as_they_are_in_the_files) {
  GateOptions options = options_with({kScore});
  options.policy.metrics = {{kScore, true, {}}};
  const ResultSet ten = counted_results(2, [](int, int) { return 10.0; });
  const ResultSet eight = counted_results(2, [](int, int) { return 8.0; });
  const Comparison worse = compare_results(ten, eight, options);
  EXPECT_EQ(worse.cells.front().verdict, CellVerdict::regression);
  EXPECT_EQ(worse.cells.front().base.value, 10);
  EXPECT_EQ(worse.cells.front().head.value, 8);
  EXPECT_DOUBLE_EQ(worse.cells.front().ratio.value_or(0), 1.25);
  const ResultSet varying = counted_results(2, [](int, int p) { return 3.0 + p; });
  const Comparison varies = compare_results(ten, varying, options);
  ASSERT_TRUE(std::holds_alternative<ExactVaries>(varies.cells.front().why));
  EXPECT_EQ(std::get<ExactVaries>(varies.cells.front().why).low, 3);
  EXPECT_EQ(std::get<ExactVaries>(varies.cells.front().why).high, 4);
}

TEST(Metrics, the_common_change_is_that_of_the_metric_that_changed) {
  const Metric cpu{"cpu_time", Better::lower};
  const auto slower = [](int c, int p) { return case_time(c, p) * 1.2; };
  const std::vector<MetricSides> sides{{kTime, counted_results(5, case_time), counted_results(5, case_time)},
                                       {cpu, counted_results(5, case_time), counted_results(5, slower)}};
  const Comparison comparison = compare_results(sides, options_with({kTime, cpu}));
  EXPECT_EQ(comparison.common_shift.metric, "cpu_time");
  EXPECT_TRUE(comparison.common_shift.is_uniform);
  EXPECT_NEAR(comparison.common_shift.ratio.value_or(0), 1.2, 0.01);
}

TEST(Metrics, notes_and_limits_belong_to_their_metric) {
  GateOptions options = options_with({kAllocs, kTime});
  options.policy.metrics = {{kAllocs, {}, {}}, {kTime, {}, {0.02, {}, {}, AbsoluteLimit{30, true}}}};
  const auto three = [](int, int) { return 3.0; };
  const std::vector<MetricSides> sides{{kAllocs, counted_results(1, three), counted_results(1, three)},
                                       {kTime, counted_results(1, case_time), counted_results(1, case_time)}};
  const Comparison comparison = compare_results(sides, options);
  EXPECT_FALSE(comparison.policy.metrics[0].absolute);
  EXPECT_EQ(comparison.policy.metrics[1].absolute, 30);
  ASSERT_EQ(comparison.metric_notes.size(), 1u);
  EXPECT_EQ(comparison.metric_notes[0].metric, "real_time");
  EXPECT_TRUE(std::holds_alternative<note::DeviationAssumed>(comparison.metric_notes[0].note));
}

TEST(Metrics, recorded_limits_of_a_case_replace_those_of_the_policy) {
  GateOptions options = options_with({kTime});
  options.recorded_limits["real_time"]["case0"] = {{0.5, 0.3, 0.5}, {}};
  const auto slower = [](int c, int p) { return case_time(c, p) * (c < 2 ? 1.2 : 1); };
  const Comparison comparison =
      compare_results(counted_results(5, case_time), counted_results(5, slower), options);
  EXPECT_NE(cell_in_metric(comparison, "case0", "").verdict, CellVerdict::regression);
  EXPECT_EQ(cell_in_metric(comparison, "case1", "").verdict, CellVerdict::regression);
}

TEST(Metrics, negative_counters_are_judged_by_differences) {
  const ResultSet base = counted_results(5, [](int, int p) { return -10 + 0.01 * p; });
  const ResultSet head = counted_results(5, [](int c, int p) { return (c == 0 ? -5 : -10) + 0.01 * p; });
  const Comparison comparison = compare_results(base, head, options_with({{"balance", Better::lower}}));
  EXPECT_EQ(cell_in_metric(comparison, "case0", "").verdict, CellVerdict::regression);
  EXPECT_NEAR(cell_in_metric(comparison, "case0", "").difference.value_or(0), 5, 0.1);
  EXPECT_EQ(comparison.count(CellVerdict::regression), 1u);
}

TEST(Metrics, both_parts_of_a_limit_must_be_exceeded) {
  const auto slower = [](int c, int p) { return case_time(c, p) * 1.2; };
  GateOptions options = options_with({kTime});
  options.policy.overrides = {0.02, {}, {}, AbsoluteLimit{1000, true}};
  const Comparison comparison =
      compare_results(counted_results(5, case_time), counted_results(5, slower), options);
  EXPECT_NE(cell_in_metric(comparison, "case0", "").verdict, CellVerdict::regression);  // 1000 ns + 200 ns
  EXPECT_EQ(cell_in_metric(comparison, "case7", "").verdict, CellVerdict::regression);  // 8000 ns + 1600 ns
}

TEST(Metrics, cells_of_one_case_are_in_the_order_of_their_metrics) {
  std::vector<Cell> cells(40);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    cells[i].name = "a";
    cells[i].metric = "m" + std::to_string(99 - i);
  }
  sort_worst_first(cells);
  EXPECT_TRUE(std::ranges::is_sorted(cells, {}, &Cell::metric));
}

TEST(PolicyFailures, name_a_case_with_or_without_its_executable) {
  const Policy policy = policy_with_members(R"("allow_failed": ["^a$"])");
  EXPECT_TRUE(policy.may_fail("sort:a", "a"));
  EXPECT_TRUE(policy.may_fail("a", "a"));
  EXPECT_FALSE(policy.may_fail("sort:b", "b"));
}

}  // namespace
}  // namespace warpgauge
