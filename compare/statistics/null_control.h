// The null control of an A/B run: the same tests on differences that hold no change, base against base and
// head against head. If they reject anything, the noise of the run violates the tests' assumptions. Then no
// regression or improvement of that run can be trusted.
//
// Method: in two neighbouring blocks, one side has positions 1, 4, 6, 7, the other 2, 3, 5, 8. The contrast
// (+1, -1, -1, +1) over a side's four processes cancels the random effect of each block. Its residual after
// regression on position cancels a linear drift, too. The residual is scaled to the variance of a block's
// difference. That gives two null differences per pair of blocks.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "compare/statistics/decision.h"

namespace warpgauge {

inline constexpr int kPositions = 4;        // processes per block
inline constexpr int kFewestNullPairs = 3;  // with fewer, there is no control

// The side at a position (0..3) of a block (0, 1, ...): base, head, head, base in even blocks, and head,
// base, base, head in odd blocks. So a linear drift over the run cancels.
[[nodiscard]] bool is_head(int block, int position);

// numbers[case][position]: process numbers (statistic.h), in the order in which the processes ran; NaN if the
// case did not run.
struct AbBlock {
  std::vector<std::array<double, kPositions>> numbers;
};

enum class NullVerdict { passed, failed, not_available };

struct NullControl {
  NullVerdict verdict = NullVerdict::not_available;
  int pairs = 0;                     // of neighbouring blocks
  std::vector<std::size_t> flagged;  // cases, ascending
};

// Two-sided test at level `alpha`, Holm over all cases, with the margins of the regression test.
[[nodiscard]] NullControl null_control(std::span<const AbBlock> blocks, std::span<const Margins> margins,
                                       double alpha);
// The same for several metrics, which are one family: the cases of each metric, as places in `margins`. Cases
// of no metric are not tested.
[[nodiscard]] NullControl null_control(std::span<const AbBlock> blocks, std::span<const Margins> margins,
                                       std::span<const std::vector<std::size_t>> metrics, double alpha);

}  // namespace warpgauge
