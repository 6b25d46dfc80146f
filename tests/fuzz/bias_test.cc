#include "fuzz/bias.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace warpgauge {
namespace {

using testing::HasSubstr;

// Problems whose mean errors are `mean` +- 0.2 in turn.
std::string failure_of(Dtype dtype, double mean, int problems) {
  SignedBias bias;
  for (int n = 0; n < problems; ++n) {
    Accuracy accuracy;
    accuracy.upward.add(0);
    accuracy.outward.add(mean + (n % 2 == 0 ? 0.2 : -0.2));
    bias.add(dtype, accuracy);
  }
  return bias.failure();
}

TEST(Bias, OfTruncationIsFound) {
  EXPECT_THAT(
      failure_of(Dtype::bf16, -0.5, 100),
      HasSubstr("O of bf16 is too small in magnitude by 0.500 units in the last place on average (100 "
                "problems, standard error 0.020); right kernels: at most 0.06"));
  EXPECT_THAT(failure_of(Dtype::f16, 0.25, 100), HasSubstr("O of f16 is too large in magnitude by 0.250"));
  EXPECT_THAT(failure_of(Dtype::f32, -3.5, 100), HasSubstr("O of f32 is too small in magnitude by 3.500"));
}

TEST(Bias, OfARightKernelIsNone) {
  EXPECT_EQ(failure_of(Dtype::bf16, 0.01, 10'000), "");
  EXPECT_EQ(failure_of(Dtype::f32, 0.2, 10'000), "");
  EXPECT_EQ(failure_of(Dtype::bf16, -0.15, 32), "") << "within the standard error";
  EXPECT_EQ(failure_of(Dtype::bf16, -0.5, 31), "") << "too few problems";
  EXPECT_EQ(SignedBias().failure(), "");
}

// All rows of a problem may be equal: they are one sample.
TEST(Bias, OfOneProblemWithManyRowsIsNone) {
  SignedBias bias;
  Accuracy accuracy;
  for (int row = 0; row < 10'000; ++row) accuracy.upward.add(0.4), accuracy.outward.add(0.4);
  bias.add(Dtype::bf16, accuracy);
  EXPECT_EQ(bias.failure(), "");
}

TEST(Bias, UpwardErrorsCountToo) {
  SignedBias bias;
  for (int n = 0; n < 100; ++n) {
    Accuracy accuracy;
    accuracy.upward.add(0.3), accuracy.outward.add(0);
    bias.add(Dtype::f16, accuracy);
  }
  EXPECT_THAT(bias.failure(), HasSubstr("O of f16 is too large by 0.300"));
  EXPECT_EQ(bias.summary(), "f16 0.000");
}

}  // namespace
}  // namespace warpgauge
