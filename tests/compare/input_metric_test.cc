#include "compare/input/metric.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace warpgauge {
namespace {

TEST(InputMetric, RatesAreBetterHigher) {
  for (const char* rate :
       {"items_per_second", "bytes_per_second", "tflops", "gbps", "roofline_pct", "correlation",
        "nv/cold/bw/global/bytes_per_second", "nv/cold/bw/item_rate", "nv/cold/bw/global/utilization", "GB/s",
        "tokens/sec", "rows/second", "ops_per_sec", "throughput_MB_per_s", "tokens_per_ms"}) {
    EXPECT_EQ(make_metric(rate).better, Better::higher) << rate;
  }
}

TEST(InputMetric, TimesAreBetterLower) {
  for (const char* time :
       {"real_time", "cpu_time", "p95_ns", "waited_ns", "stddev_ns", "wall_seconds", "wall_sec",
        "launch_latency_avg", "nv/cold/time/gpu/median", "nv/batch/time/gpu/mean", "time"}) {
    EXPECT_EQ(make_metric(time).better, Better::lower) << time;
  }
}

TEST(InputMetric, OtherNamesNeedAnExplicitDirection) {
  for (const char* name : {"arithmetic_intensity", "max_abs_err", "cv", "samples", "iterations", "gbps_lost",
                           "per_second_cost", "hit_rate", "timeouts", "s", "nv/cold/sample_size", "GB_s",
                           "wall_s", "p95/ms", "/s", "per_s", "upper_s"}) {
    EXPECT_THROW((void)make_metric(name), std::invalid_argument) << name;
    EXPECT_EQ(make_metric(name, Better::lower).better, Better::lower) << name;
  }
}

TEST(InputMetric, AnExplicitDirectionWins) {
  EXPECT_EQ(make_metric("hit_rate", Better::higher).better, Better::higher);
  EXPECT_EQ(make_metric("tflops", Better::lower).better, Better::lower);
  EXPECT_EQ(make_metric("tflops").name, "tflops");
}

TEST(InputMetric, NeedsAName) {
  EXPECT_THROW((void)make_metric(""), std::invalid_argument);
}

}  // namespace
}  // namespace warpgauge
