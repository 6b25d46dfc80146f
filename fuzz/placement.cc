#include "fuzz/placement.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

#include "fuzz/draws.h"

namespace warpgauge {
namespace {

constexpr std::uint64_t kPlacementStream = std::uint64_t{1} << 32;  // no attempt of random_case

std::size_t below(Draws& draws, std::size_t count) {
  return static_cast<std::size_t>(draws.range(0, static_cast<std::int64_t>(count) - 1));
}

void place_sequences(const Problem& p, std::uint64_t seed, Placement& placement) {
  const auto shift = static_cast<std::int64_t>(seed % static_cast<std::uint64_t>(p.batch));
  placement.q_starts = placement.k_starts = {0};
  for (std::int64_t b = 0; b < p.batch; ++b) {
    const SequenceLengths lengths = pattern_lengths(p, (b + shift) % p.batch);
    placement.q_starts.push_back(placement.q_starts.back() + static_cast<std::int32_t>(lengths.q));
    placement.k_starts.push_back(placement.k_starts.back() + static_cast<std::int32_t>(lengths.k));
  }
}

std::int64_t keys_of(const Problem& p, const Placement& placement, std::int64_t b) {
  return sequence_problem(p, placed_tensors(p, placement), b).seq_k;
}

std::vector<std::int32_t> shuffled_pages(const Problem& p, Draws& draws) {
  std::vector<std::int32_t> pages(static_cast<std::size_t>(packed_tensors(p).pages));
  std::iota(pages.begin(), pages.end(), 0);
  for (std::size_t n = pages.size() - 1; n > 0; --n) std::swap(pages[n], pages[below(draws, n + 1)]);
  return pages;
}

// What stands in an entry that no key uses: an old page, or no page.
std::int32_t garbage(const std::vector<std::int32_t>& pages, Draws& draws) {
  constexpr std::int32_t kNoPages[] = {-1, std::numeric_limits<std::int32_t>::max()};
  const std::size_t kind = below(draws, 3);
  return kind < 2 ? kNoPages[kind] : pages[below(draws, pages.size())];
}

void place_pages(const Problem& p, std::uint64_t seed, bool shares, Placement& placement) {
  Draws draws(seed, kPlacementStream);
  const std::vector<std::int32_t> pages = shuffled_pages(p, draws);
  const std::int64_t width = pages_of(p.seq_k, p.page);
  std::vector<std::int32_t> full;  // those named for `page` keys
  std::size_t next = 0;
  for (std::int64_t b = 0; b < p.batch; ++b) {
    const std::int64_t keys = keys_of(p, placement, b);
    for (std::int64_t n = 0; n < width; ++n) {
      const bool is_full = (n + 1) * p.page <= keys;
      if (n >= pages_of(keys, p.page)) {
        placement.table.push_back(garbage(pages, draws));
      } else if (shares && is_full && !full.empty() && draws.one_in(8)) {
        placement.table.push_back(full[below(draws, full.size())]);
      } else {
        placement.table.push_back(pages[next++]);
        if (is_full) full.push_back(placement.table.back());
      }
    }
  }
}

}  // namespace

Tensors placed_tensors(const Problem& p, const Placement& placement) {
  Tensors t;
  t.q_starts = placement.q_starts.data();
  t.k_starts = placement.k_starts.data();
  t.page_table = placement.table.data();
  if (p.page > 0) t.table_stride = pages_of(p.seq_k, p.page);
  return t;
}

Placement make_placement(const Problem& p, std::uint64_t seed, bool shares_pages) {
  Placement placement;
  if (p.lengths != Lengths::equal) place_sequences(p, seed, placement);
  if (p.page > 0) place_pages(p, seed, shares_pages, placement);
  return placement;
}

void share_pages(const Problem& p, const Placement& placement, std::int64_t dim, std::vector<float>& values) {
  if (p.page == 0) return;
  const auto rows_at = [&](std::int64_t b, std::int64_t h, std::int64_t n) {
    return values.begin() + ((b * p.kv_heads + h) * p.seq_k + n * p.page) * dim;
  };
  const Tensors t = placed_tensors(p, placement);
  std::map<std::int32_t, std::pair<std::int64_t, std::int64_t>> first;  // sequence and page of each page
  for (std::int64_t b = 0; b < p.batch; ++b)
    for (std::int64_t n = 0; n < pages_of(keys_of(p, placement, b), p.page); ++n) {
      const auto [entry, is_new] =
          first.try_emplace(placement.table[static_cast<std::size_t>(b * t.table_stride + n)], b, n);
      if (is_new) continue;
      for (std::int64_t h = 0; h < p.kv_heads; ++h)
        std::copy_n(rows_at(entry->second.first, h, entry->second.second), p.page * dim, rows_at(b, h, n));
    }
}

}  // namespace warpgauge
