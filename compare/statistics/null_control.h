// The null control of an A/B run: the same tests on differences that hold no change, because base is compared
// with base and head with head. Where they flag anything, the run's noise is not what the tests take it for,
// and no red of that run can be trusted.
//
// Method: in a pair of neighbouring blocks one side stands at positions 1, 4, 6, 7, the other at 2, 3, 5, 8.
// Contrast (+1, -1, -1, +1) over a side's four processes: each block's common shift falls out of it. Its
// residual after regression on position (so does a drift), scaled to the variance of a block's difference:
// two null differences a pair.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "compare/statistics/decision.h"

namespace warpgauge {

inline constexpr int kPositions = 4;        // of a block
inline constexpr int kFewestNullPairs = 3;  // fewer make no control

// Which side stands at a position (0..3) of a block (0, 1, ...): base, head, head, base in even blocks; head,
// base, base, head in odd ones, so that a drift over the run cancels.
bool is_head(int block, int position);

// numbers[case][position]: process numbers (statistic.h), in the order in which the processes ran; NaN where
// a case did not run.
struct AbBlock {
  std::vector<std::array<double, kPositions>> numbers;
};

enum class NullVerdict { passed, failed, not_available };

struct NullControl {
  NullVerdict verdict = NullVerdict::not_available;
  int pairs = 0;                     // of neighbouring blocks
  std::vector<std::size_t> flagged;  // cases, ascending
};

// Two-sided Holm test at `alpha`, with the red test's margins.
NullControl null_control(std::span<const AbBlock> blocks, std::span<const Margins> margins, double alpha);

}  // namespace warpgauge
