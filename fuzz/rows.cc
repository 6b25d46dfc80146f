#include "fuzz/rows.h"

#include <numeric>
#include <set>

#include "fuzz/random.h"

namespace warpgauge {
namespace {

constexpr std::uint64_t kRandomRows = 256;

std::int64_t below(const RandomStream& random, std::uint64_t index, std::int64_t count) {
  return static_cast<std::int64_t>(random.below(index, static_cast<std::uint64_t>(count)));
}

// Rows of one head: 0, 1, the last, and the ends of tiles with their neighbours. Those are multiples of 64,
// where tiles of 64, 128, 192 and 256 rows end, and the first tile of 16 and of 32.
std::set<std::int64_t> edge_rows(std::int64_t seq) {
  std::set<std::int64_t> rows{0, 1, seq - 1, 15, 16, 17, 31, 32, 33};
  for (std::int64_t edge = 64; edge <= seq; edge += 64) rows.insert({edge - 1, edge, edge + 1});
  std::erase_if(rows, [seq](std::int64_t row) { return row >= seq; });
  return rows;
}

}  // namespace

std::vector<std::int64_t> rows_to_compare(const Problem& p, std::uint64_t seed) {
  const std::int64_t heads = p.batch * p.heads, all = heads * p.seq_q;
  std::vector<std::int64_t> rows;
  if (attention_flops(p) <= kAllRowsFlops) {
    rows.resize(all);
    std::iota(rows.begin(), rows.end(), 0);
    return rows;
  }
  constexpr std::uint64_t kRowChoice = 16;
  const RandomStream random(seed, kRowChoice);
  const std::set<std::int64_t> edges = edge_rows(p.seq_q);
  std::set<std::int64_t> chosen;
  for (std::int64_t head : {std::int64_t{0}, heads - 1, below(random, kRandomRows, heads)})
    for (std::int64_t row : edges) chosen.insert(head * p.seq_q + row);
  for (std::uint64_t n = 0; n < kRandomRows; ++n) chosen.insert(below(random, n, all));
  rows.assign(chosen.begin(), chosen.end());
  return rows;
}

}  // namespace warpgauge
