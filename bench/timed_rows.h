// Rows of randomly drawn timed launches, which are compared with the oracle after the timing. What was timed
// is what was checked.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "bench/operands.h"
#include "bench/sampler.h"
#include "fuzz/inputs.h"

namespace warpgauge::bench {

inline constexpr int kCheckedLaunches = 8;  // of each case, at least, if it has as many
inline constexpr int kRowsPerLaunch = 8;

// Some output rows of one timed launch.
struct TimedRows {
  std::uint64_t draw = 0;          // of its inputs
  std::vector<std::int64_t> rows;  // through [B, H, Sq]
  std::vector<float> o;            // [rows, Dv]
  std::vector<float> lse;          // [rows]
};

// Memory of the backend for the rows of one launch.
class RowRecorder {
 public:
  RowRecorder(Backend backend, const Problem& problem);
  RowRecorder(const RowRecorder&) = delete;
  RowRecorder& operator=(const RowRecorder&) = delete;

  // Chooses rows from random `bits`. The sampler then copies them.
  const RowCopies* choose(std::uint64_t bits);
  // The rows that were copied.
  [[nodiscard]] TimedRows recorded(std::uint64_t draw) const;

 private:
  Problem problem_;
  std::vector<std::int64_t> rows_;
  Buffer o_, lse_;
  RowCopies copies_;
};

// Empty, or what is wrong with the rows. `original` are the inputs of the check: one long row of each
// `prefix` operand (operand_list.h), and the `own` inputs of the problem. The latter become those of the
// draw.
[[nodiscard]] std::string wrong_rows(const Problem& problem, const Rounding& rounding, Inputs& original,
                                     const TimedRows& rows);

}  // namespace warpgauge::bench
