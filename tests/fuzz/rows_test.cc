#include "fuzz/rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace warpgauge {
namespace {

using testing::Contains;
using testing::IsSupersetOf;

const Problem kSmall{.batch = 2, .heads = 3, .kv_heads = 3, .seq_q = 5, .seq_k = 7};
const Problem kLarge{.batch = 48, .heads = 16, .kv_heads = 16, .seq_q = 640, .seq_k = 640};

TEST(Rows, AreAllRowsOfASmallProblem) {
  const auto rows = rows_to_compare(kSmall, 1);
  ASSERT_EQ(rows.size(), 30u);
  EXPECT_EQ(rows.front(), 0);
  EXPECT_EQ(rows.back(), 29);
}

TEST(Rows, OfALargeProblemIncludeTheEdgesOfTheFirstAndTheLastHead) {
  const std::int64_t last_head = (48 * 16 - 1) * 640;
  const auto rows = rows_to_compare(kLarge, 1);
  for (std::int64_t head : {std::int64_t{0}, last_head})
    for (std::int64_t row : {0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 575, 576, 577, 639})
      EXPECT_THAT(rows, Contains(head + row));
}

TEST(Rows, OfALargeProblemAreFewSortedAndInRange) {
  const auto rows = rows_to_compare(kLarge, 1);
  EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end()));
  EXPECT_EQ(std::adjacent_find(rows.begin(), rows.end()), rows.end());
  EXPECT_GE(rows.front(), 0);
  EXPECT_LT(rows.back(), lse_elements(kLarge));
  EXPECT_GT(rows.size(), 256u);
  EXPECT_LT(rows.size(), 500u);
}

TEST(Rows, DependOnTheSeed) {
  EXPECT_EQ(rows_to_compare(kLarge, 1), rows_to_compare(kLarge, 1));
  EXPECT_NE(rows_to_compare(kLarge, 1), rows_to_compare(kLarge, 2));
}

}  // namespace
}  // namespace warpgauge
