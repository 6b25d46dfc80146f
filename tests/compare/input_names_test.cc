#include "compare/input/names.h"

#include <gtest/gtest.h>

namespace warpgauge {
namespace {

TEST(InputNames, TrailingSettingsAreStripped) {
  EXPECT_EQ(strip_settings("BM_f/8/repeats:3"), "BM_f/8");
  EXPECT_EQ(strip_settings("BM_f/8/iterations:100"), "BM_f/8");
  EXPECT_EQ(strip_settings("BM_f/8/min_time:0.010/min_warmup_time:1.000/repeats:3/process_time/real_time"),
            "BM_f/8");
  EXPECT_EQ(strip_settings("BM_f/manual_time"), "BM_f");
}

TEST(InputNames, ThreadsAreKept) {
  EXPECT_EQ(strip_settings("BM_f/8/threads:2"), "BM_f/8/threads:2");
  EXPECT_EQ(strip_settings("BM_f/8/repeats:3/real_time/threads:2"), "BM_f/8/threads:2");
}

TEST(InputNames, OtherPartsAreKept) {
  for (const char* name :
       {"BM_f", "BM_f/8", "BM_f/real_time/8", "BM_f/repeats", "BM_f/my_repeats:3", "BM_f/real_times",
        "naive/f32/B:1/H:8/S:64/D:64/causal:0", "", "/", "real_time", "/real_time"}) {
    EXPECT_EQ(strip_settings(name), name);
  }
}

TEST(InputNames, OnlyTheLastThreadsPartIsGoogleBenchmarks) {
  EXPECT_EQ(strip_settings("BM_f/threads:4/repeats:3/threads:2"), "BM_f/threads:4/threads:2");
  EXPECT_EQ(strip_settings("BM_f/threads:4/repeats:3"), "BM_f/threads:4");
}

}  // namespace
}  // namespace warpgauge
