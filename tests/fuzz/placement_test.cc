#include "fuzz/placement.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <utility>

namespace warpgauge {
namespace {

const Problem kPlaced{.batch = 9, .seq_q = 40, .seq_k = 200, .lengths = Lengths::with_empty, .page = 16};

TEST(Placement, OfAProblemWithoutLengthsAndPagesIsEmpty) {
  EXPECT_EQ(make_placement({.batch = 3, .seq_k = 70}, 5, true), Placement{});
}

TEST(Placement, LengthsOfAnotherSeedAreThoseOfThePatternInAnotherOrder) {
  std::set<std::vector<std::int32_t>> starts;
  for (std::uint64_t seed = 0; seed < 9; ++seed) {
    const Placement placement = make_placement(kPlaced, seed, true);
    std::multiset<std::pair<std::int64_t, std::int64_t>> found, expected;
    for (std::int64_t b = 0; b < 9; ++b) {
      const Problem one = sequence_problem(kPlaced, placed_tensors(kPlaced, placement), b);
      const SequenceLengths pattern = pattern_lengths(kPlaced, b);
      found.emplace(one.seq_q, one.seq_k), expected.emplace(pattern.q, pattern.k);
    }
    EXPECT_EQ(found, expected);
    EXPECT_EQ(placement.q_starts.back(), total_lengths(kPlaced).q);
    starts.insert(placement.q_starts);
  }
  EXPECT_EQ(starts.size(), 9u);
}

// How often each page is named, and the entries that no key uses.
struct Entries {
  std::map<std::int32_t, int> named, of_partial_pages;
  std::multiset<std::int32_t> garbage;

  explicit Entries(const Placement& placement) {
    const Tensors t = placed_tensors(kPlaced, placement);
    for (std::int64_t b = 0; b < kPlaced.batch; ++b) {
      const std::int64_t keys = sequence_problem(kPlaced, t, b).seq_k;
      for (std::int64_t n = 0; n < t.table_stride; ++n) {
        const std::int32_t page = t.page_table[b * t.table_stride + n];
        if (n * 16 >= keys) {
          garbage.insert(page);
          continue;
        }
        named[page]++;
        if ((n + 1) * 16 > keys) of_partial_pages[page]++;
      }
    }
  }
};

TEST(Placement, NamesPagesInMemoryAndSharesFullOnesOnly) {
  int shared = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Entries entries(make_placement(kPlaced, seed, true));
    for (const auto& [page, times] : entries.named) {
      EXPECT_GE(page, 0);
      EXPECT_LT(page, packed_tensors(kPlaced).pages);
      shared += times > 1;
    }
    for (const auto& [page, times] : entries.of_partial_pages) EXPECT_EQ(entries.named.at(page), 1);
    EXPECT_GT(entries.garbage.count(-1), 0u);
    EXPECT_GT(entries.garbage.count(INT32_MAX), 0u);
  }
  EXPECT_GT(shared, 100);
}

TEST(Placement, SharesNoPageUnlessItMay) {
  for (std::uint64_t seed = 0; seed < 50; ++seed)
    for (const auto& [page, times] : Entries(make_placement(kPlaced, seed, false)).named) EXPECT_EQ(times, 1);
}

}  // namespace
}  // namespace warpgauge
