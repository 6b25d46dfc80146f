// Where the rows of the sequences are in memory: the contents of Tensors::q_starts, k_starts and page_table.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/sequences.h"

namespace warpgauge {

struct Placement {
  std::vector<std::int32_t> q_starts, k_starts;  // [B + 1]; empty if all lengths are equal
  std::vector<std::int32_t> table;  // [B, pages of Sk keys]; empty without pages. Unused entries are garbage

  bool operator==(const Placement&) const = default;
};

// Of a seed. The lengths are those of the problem's pattern, which starts at another sequence for each seed;
// their totals are equal for all seeds. Pages are in random order. With `shares_pages`, one in eight full
// pages is named again, by another sequence or by the same.
[[nodiscard]] Placement make_placement(const Problem& problem, std::uint64_t seed, bool shares_pages);

// Tensors with these starts and this table, in host memory: for sequence_problem, query_place and so on.
[[nodiscard]] Tensors placed_tensors(const Problem& problem, const Placement& placement);

// The elements of K and V in memory are equal where several pages of sequences are one: copies the rows of
// the page that comes first. `values` is [B, Hkv, Sk, dim].
void share_pages(const Problem& problem, const Placement& placement, std::int64_t dim,
                 std::vector<float>& values);

}  // namespace warpgauge
