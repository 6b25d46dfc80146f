#include "kernels/cpu/softmax.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace warpgauge::cpu {
namespace {

TEST(softmax, relative_error_of_the_exponential_is_below_2e_7) {
  double worst = 0;
  for (float x = 0; x > -87.0f; x -= 0.0007f) {
    const double exact = std::exp(static_cast<double>(x));
    worst = std::max(worst, std::abs(static_cast<double>(exp_nonpositive(x)) - exact) / exact);
  }
  EXPECT_LT(worst, 2e-7 + 87 * 0x1p-24);  // plus the rounding of x log2(e), which grows with |x|
  EXPECT_EQ(exp_nonpositive(0.0f), 1.0f);
  EXPECT_EQ(exp_nonpositive(-1000.0f), 0.0f);
  EXPECT_EQ(exp_nonpositive(-INFINITY), 0.0f);
  EXPECT_TRUE(std::isnan(exp_nonpositive(NAN)));
}

TEST(softmax, row_matches_double_precision_at_every_length) {
  for (int keys = 1; keys < 70; ++keys) {
    std::vector<float> row(keys);
    for (int j = 0; j < keys; ++j) row[j] = std::sin(static_cast<float>(j * 37 % 101)) * 8;
    double sum = 0;
    for (float x : row) sum += std::exp(static_cast<double>(x));
    const std::vector<float> logits = row;
    const float lse = softmax_row(row.data(), 0, keys, keys);
    EXPECT_NEAR(lse, std::log(sum), 1e-6);
    for (int j = 0; j < keys; ++j) EXPECT_NEAR(row[j], std::exp(logits[j] - std::log(sum)), 2e-6);
  }
}

TEST(softmax, masked_keys_and_rows_without_keys_are_zero) {
  std::vector<float> row{1, 2, NAN, 4};
  softmax_row(row.data(), 0, 2, 4);
  EXPECT_EQ(row[2], 0.0f);
  EXPECT_EQ(row[3], 0.0f);
  EXPECT_NEAR(row[0] + row[1], 1.0f, 1e-6);
  EXPECT_EQ(softmax_row(row.data(), 0, 0, 4), -INFINITY);
  for (float x : row) EXPECT_EQ(x, 0.0f);
}

TEST(softmax, keys_before_the_window_are_zero) {
  std::vector<float> row{NAN, 9, 1, 2, 7};
  const float lse = softmax_row(row.data(), 2, 4, 5);
  EXPECT_NEAR(lse, std::log(std::exp(1.0) + std::exp(2.0)), 1e-6);
  EXPECT_EQ(row[0], 0.0f);
  EXPECT_EQ(row[1], 0.0f);
  EXPECT_NEAR(row[2], 1 / (1 + std::exp(1.0)), 1e-6);
  EXPECT_NEAR(row[2] + row[3], 1.0f, 1e-6);
  EXPECT_EQ(row[4], 0.0f);
}

TEST(softmax, a_sink_takes_weight_whether_it_is_the_largest_logit_or_not) {
  for (const float sink : {-3.0f, 1.5f, 30.0f, 4000.0f}) {
    std::vector<float> row{1, 2, -4};
    const float lse = softmax_row(row.data(), 0, 3, 3, sink);
    const double above = sink > 100 ? 0 : std::exp(1.0) + std::exp(2.0) + std::exp(-4.0);
    const double expected = sink > 100 ? sink : std::log(above + std::exp(double{sink}));
    EXPECT_NEAR(lse, expected, 1e-6 * expected + 1e-6) << sink;
    EXPECT_NEAR(row[1], std::exp(2 - expected), 1e-6) << sink;
  }
  std::vector<float> none{5, 5};
  EXPECT_EQ(softmax_row(none.data(), 0, 0, 2, 0.25f), 0.25f);
  EXPECT_EQ(none[0], 0.0f);
}

TEST(softmax, a_visible_nan_propagates_to_the_whole_row) {
  for (int at : {0, 5, 16, 40}) {
    std::vector<float> row(41, 0.5f);
    row[at] = NAN;
    EXPECT_TRUE(std::isnan(softmax_row(row.data(), 0, 41, 41)));
    for (float x : row) EXPECT_TRUE(std::isnan(x));
  }
}

}  // namespace
}  // namespace warpgauge::cpu
