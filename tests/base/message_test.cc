#include "base/message.h"

#include <gtest/gtest.h>

namespace warpgauge {
namespace {

TEST(Message, HasTheProgramAndTheKindInFront) {
  testing::internal::CaptureStderr();
  print_error("warpgauge-bench", "r.json: cannot be written; name another file");
  print_warning("warpgauge-fuzz", "NVML is missing");
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "warpgauge-bench: error: r.json: cannot be written; name another file\n"
            "warpgauge-fuzz: warning: NVML is missing\n");
}

}  // namespace
}  // namespace warpgauge
