#include "base/quantile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace warpgauge {
namespace {

// numpy 2.2: percentile(50, 95, 99) of this list.
const std::vector<double> kValues{9, 1, 4, 4, 7, 2, 30, 5, 6, 3};

TEST(Quantile, AgreesWithNumpy) {
  EXPECT_DOUBLE_EQ(median(kValues), 4.5);
  EXPECT_NEAR(quantile(kValues, 0.95), 20.55, 1e-12);
  EXPECT_NEAR(quantile(kValues, 0.99), 28.11, 1e-12);
}

TEST(Quantile, OfSortedValuesIsTheSame) {
  std::vector<double> ascending = kValues;
  std::ranges::sort(ascending);
  for (const double probability : {0.0, 0.01, 0.25, 0.5, 0.77, 0.95, 1.0})
    EXPECT_DOUBLE_EQ(sorted_quantile(ascending, probability), quantile(kValues, probability)) << probability;
}

TEST(Quantile, OfOneValueIsThatValue) {
  EXPECT_EQ(quantile(std::vector<double>{5}, 0.99), 5);
  EXPECT_EQ(sorted_quantile(std::vector<double>{5}, 0.99), 5);
}

}  // namespace
}  // namespace warpgauge
