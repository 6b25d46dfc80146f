#include "base/progress.h"

#include <gtest/gtest.h>

namespace warpgauge {
namespace {

TEST(Progress, ShowsTheFractionTheTimeLeftAndTheWork) {
  EXPECT_EQ(progress_text("measuring", 0.25, 30, "cpu/blas"), "measuring  25 %, 1 min 30 s left  cpu/blas");
}

TEST(Progress, DoesNotEstimateFromTheFirstMoments) {
  EXPECT_EQ(progress_text("checking", 0.01, 1, "cpu/blas"), "checking   1 %  cpu/blas");
}

TEST(Progress, PrintsNothingWithoutATerminal) {
  testing::internal::CaptureStderr();
  { Progress("checking").show(0.5, "cpu/blas"); }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace warpgauge
