#include "compare/input/metric.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace warpgauge {
namespace {

TEST(InputMetric, RatesAreBetterHigher) {
  for (const char* rate :
       {"items_per_second", "bytes_per_second", "tflops", "gbps", "nv/cold/bw/global/bytes_per_second"}) {
    EXPECT_EQ(make_metric(rate).better, Better::higher) << rate;
  }
  for (const char* cost : {"real_time", "cpu_time", "allocs_per_iter", "gbps_lost", "per_second_cost"}) {
    EXPECT_EQ(make_metric(cost).better, Better::lower) << cost;
  }
}

TEST(InputMetric, BetterCanBeSaid) {
  EXPECT_EQ(make_metric("hit_rate", Better::higher).better, Better::higher);
  EXPECT_EQ(make_metric("tflops", Better::lower).better, Better::lower);
  EXPECT_EQ(make_metric("tflops").name, "tflops");
}

TEST(InputMetric, NeedsAName) {
  EXPECT_THROW(make_metric(""), std::invalid_argument);
}

}  // namespace
}  // namespace warpgauge
