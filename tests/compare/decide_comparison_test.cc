#include "compare/decide/comparison.h"

#include <gtest/gtest.h>

namespace warpgauge {
namespace {

Comparison with(std::vector<CellVerdict> verdicts, std::vector<Hindrance> hindrances = {}) {
  Comparison comparison;
  for (const CellVerdict verdict : verdicts) comparison.cells.emplace_back().verdict = verdict;
  comparison.hindrances = std::move(hindrances);
  return comparison;
}

TEST(Verdict, PassesIfNothingHinders) {
  EXPECT_EQ(verdict_of(with({})), RunVerdict::pass);
  EXPECT_EQ(verdict_of(with({CellVerdict::unchanged, CellVerdict::inconclusive, CellVerdict::added,
                             CellVerdict::improvement})),
            RunVerdict::pass);
}

TEST(Verdict, EveryHindranceKeepsARunFromPassing) {
  for (const Hindrance hindrance : kHindrances) {
    const RunVerdict verdict = verdict_of(with({CellVerdict::unchanged}, {hindrance}));
    EXPECT_EQ(verdict,
              hindrance == Hindrance::head_unusable ? RunVerdict::regression : RunVerdict::undecided);
  }
}

TEST(Verdict, ARegressionOutranksEveryHindrance) {
  for (const CellVerdict red : {CellVerdict::regression, CellVerdict::failed})
    for (const Hindrance hindrance : kHindrances)
      EXPECT_EQ(verdict_of(with({CellVerdict::missing, red}, {hindrance})), RunVerdict::regression);
}

TEST(Verdict, DecidesTheExitCode) {
  EXPECT_EQ(exit_code_of(RunVerdict::pass), 0);
  EXPECT_EQ(exit_code_of(RunVerdict::regression), 1);
  EXPECT_EQ(exit_code_of(RunVerdict::undecided), 4);
}

}  // namespace
}  // namespace warpgauge
