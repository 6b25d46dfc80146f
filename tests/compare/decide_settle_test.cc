// One comparison from two: with the stored baseline, and an A/B run of what that left open.
#include "compare/decide/settle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/compare/report_test_support.h"

namespace warpgauge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Comparison of_cells(std::vector<Cell> cells, std::vector<Hindrance> hindrances = {}) {
  Comparison comparison;
  comparison.cells = std::move(cells);
  comparison.hindrances = std::move(hindrances);
  return comparison;
}

CellVerdict verdict_of(const Comparison& comparison, const std::string& name) {
  return std::ranges::find(comparison.cells, name, &Cell::name)->verdict;
}

TEST(DecideSettle, regressions_and_inconclusive_cases_are_open_and_new_ones_that_base_has) {
  EXPECT_THAT(open_cases(make_comparison(), {}), ElementsAre("slow", "open"));
  EXPECT_THAT(open_cases(make_comparison(), {"fresh", "same", "gone"}), ElementsAre("slow", "open", "fresh"));
}

TEST(DecideSettle, the_run_decides_the_cases_that_it_has) {
  const Comparison baseline = of_cells({make_cell("slow", CellVerdict::regression, 1.2),
                                        make_cell("open", CellVerdict::inconclusive, 1),
                                        make_cell("same", CellVerdict::unchanged, 1)});
  const Comparison run = of_cells(
      {make_cell("slow", CellVerdict::unchanged, 1), make_cell("open", CellVerdict::regression, 1.1)});
  const Comparison merged = settled(baseline, run);
  EXPECT_EQ(verdict_of(merged, "slow"), CellVerdict::unchanged);
  EXPECT_EQ(verdict_of(merged, "open"), CellVerdict::regression);
  EXPECT_EQ(verdict_of(merged, "same"), CellVerdict::unchanged);
  EXPECT_EQ(merged.cells.front().name, "open") << "worst first";
  EXPECT_EQ(verdict_of(merged), RunVerdict::regression);
  const auto& note = std::get<note::Settled>(merged.notes.back());
  EXPECT_EQ(note.cleared, 1);
  EXPECT_EQ(note.cases, 3);
}

TEST(DecideSettle, without_a_run_the_baseline_decides) {
  Comparison baseline = of_cells({make_cell("same", CellVerdict::unchanged, 1)}, {Hindrance::doubt});
  baseline.base_context = {{"commit", "0123abc"}};
  const Comparison merged = settled(baseline, std::nullopt);
  EXPECT_EQ(merged.cells, baseline.cells);
  EXPECT_EQ(merged.hindrances, baseline.hindrances);
  EXPECT_EQ(merged.baseline_context, baseline.base_context);
  EXPECT_THAT(merged.notes, IsEmpty());
}

TEST(DecideSettle, the_context_and_the_policy_are_those_of_the_run) {
  Comparison baseline = of_cells({make_cell("a", CellVerdict::inconclusive, 1)});
  Comparison run = of_cells({make_cell("a", CellVerdict::unchanged, 1)});
  baseline.base_context = {{"date", "then"}};
  run.base_context = {{"date", "now"}};
  run.mde = 0.02;
  run.policy.unit = Unit::block;
  const Comparison merged = settled(baseline, run);
  EXPECT_EQ(merged.base_context, run.base_context);
  EXPECT_EQ(merged.baseline_context, baseline.base_context);
  EXPECT_EQ(merged.mde, 0.02);
  EXPECT_EQ(merged.policy.unit, Unit::block);
}

TEST(DecideSettle, what_hinders_either_side_hinders_both_unless_the_cells_no_longer_show_it) {
  const auto merged = [](CellVerdict by_baseline, CellVerdict by_run, std::vector<Hindrance> of_baseline,
                         std::vector<Hindrance> of_run) {
    const Comparison baseline = of_cells({make_cell("a", by_baseline, 1)}, std::move(of_baseline));
    return settled(baseline, of_cells({make_cell("a", by_run, 1)}, std::move(of_run)));
  };
  using enum CellVerdict;
  EXPECT_THAT(merged(missing, unchanged, {Hindrance::cases_missing}, {}).hindrances, IsEmpty());
  EXPECT_THAT(merged(inconclusive, unchanged, {Hindrance::strict_inconclusive}, {}).hindrances, IsEmpty());
  EXPECT_THAT(merged(inconclusive, missing, {}, {Hindrance::cases_missing}).hindrances,
              ElementsAre(Hindrance::cases_missing));
  for (const Hindrance hindrance : {Hindrance::other_machine, Hindrance::null_control, Hindrance::ended_early,
                                    Hindrance::no_baseline, Hindrance::doubt, Hindrance::strict_mde}) {
    EXPECT_THAT(merged(inconclusive, unchanged, {hindrance}, {}).hindrances, ElementsAre(hindrance));
    EXPECT_THAT(merged(inconclusive, unchanged, {}, {hindrance}).hindrances, ElementsAre(hindrance));
    EXPECT_EQ(verdict_of(merged(inconclusive, unchanged, {hindrance}, {hindrance})), RunVerdict::undecided);
  }
  EXPECT_EQ(verdict_of(merged(inconclusive, unchanged, {}, {Hindrance::head_unusable})),
            RunVerdict::regression);
  EXPECT_EQ(verdict_of(merged(inconclusive, unchanged, {}, {})), RunVerdict::pass);
}

TEST(DecideSettle, regressions_come_before_larger_improvements) {
  const Comparison comparison = of_cells(
      {make_cell("better", CellVerdict::improvement, 0.25), make_cell("worse", CellVerdict::regression, 1.1),
       make_cell("worst", CellVerdict::regression, 1.5), make_cell("open", CellVerdict::inconclusive, 3)});
  EXPECT_THAT(changed_most(comparison, 5), ElementsAre("worst", "worse", "better"));
  EXPECT_THAT(changed_most(comparison, 2), ElementsAre("worst", "worse"));
}

Cell inconclusive(const std::string& name, std::int64_t units, std::int64_t more) {
  Cell cell = make_cell(name, CellVerdict::inconclusive, 1);
  cell.units = units;
  cell.more_units = more;
  return cell;
}

TEST(DecideSettle, a_run_of_the_inconclusive_cases_takes_the_blocks_that_their_projection_says) {
  const AbPlan plan;
  EXPECT_THAT(settling_run(of_cells({make_cell("same", CellVerdict::unchanged, 1)}), plan).cases, IsEmpty());
  const SettlingRun few = settling_run(
      of_cells({inconclusive("a", 3, 2), make_cell("slow", CellVerdict::regression, 1.2)}), plan);
  EXPECT_THAT(few.cases, ElementsAre("a"));
  EXPECT_EQ(few.blocks, plan.first_blocks);
  EXPECT_FALSE(few.may_leave_some);
  const SettlingRun many = settling_run(of_cells({inconclusive("a", 3, 2), inconclusive("b", 3, 30)}), plan);
  EXPECT_EQ(many.blocks, 17) << "33 processes per side, two in a block";
  EXPECT_FALSE(many.may_leave_some);
  for (const std::int64_t more : {0, 1000}) {
    const SettlingRun beyond = settling_run(of_cells({inconclusive("a", 3, more)}), plan);
    EXPECT_EQ(beyond.blocks, plan.max_blocks);
    EXPECT_TRUE(beyond.may_leave_some) << more;
  }
}

TEST(DecideSettle, the_deviation_between_rounds_does_not_matter_to_a_run) {
  Comparison comparison = of_cells({inconclusive("a", 3, 0)});
  comparison.policy.unit = Unit::round;
  EXPECT_EQ(settling_run(comparison, AbPlan()).blocks, AbPlan().first_blocks);
  EXPECT_FALSE(settling_run(comparison, AbPlan()).may_leave_some);
}

}  // namespace
}  // namespace warpgauge
