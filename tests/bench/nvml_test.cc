#include "bench/nvml.h"

#include <gmock/gmock.h>

#include <cstdio>

namespace warpgauge::bench {
namespace {

using ::testing::IsEmpty;

TEST(Nvml, IsNullWithoutTheLibraryOrTheDevice) {
  EXPECT_EQ(Nvml::open("fake", "no-such-library.so"), nullptr);
  EXPECT_EQ(Nvml::open("other", FAKE_NVML), nullptr);
  EXPECT_EQ(Nvml::open("fake", "libm.so.6"), nullptr);  // a library without NVML's functions
}

TEST(Nvml, FindsAMigInstance) {
  EXPECT_NE(Nvml::open("fake-instance", FAKE_NVML), nullptr);
}

TEST(Nvml, ReadsStateAndIdentity) {
  const auto nvml = Nvml::open("fake", FAKE_NVML);
  ASSERT_NE(nvml, nullptr);
  const auto state = nvml->state();
  ASSERT_TRUE(state);
  EXPECT_GT(state->sm_clock_mhz, 0u);
  EXPECT_EQ(state->memory_clock_mhz, 2619u);
  EXPECT_EQ(state->temperature_c, 41u);
  EXPECT_NEAR(state->power_w, 123.4, 1e-9);
  EXPECT_EQ(state->throttle_reasons, 4u);
  EXPECT_EQ(nvml->power_limit_w(), 700.0);
  EXPECT_EQ(nvml->mig(), std::nullopt);  // not supported by the device
  EXPECT_EQ(nvml->driver_version(), "580.65.06");
  EXPECT_EQ(nvml->vbios_version(), "96.00.99");
}

TEST(NvmlMonitor, ReadsBeforeAndAfter) {
  NvmlMonitor monitor(Nvml::open("fake", FAKE_NVML));
  const auto summary = monitor.finish();
  unsigned before = 0, after = 0;  // the clock falls with each reading
  ASSERT_EQ(std::sscanf(summary.at("gpu_sm_clock_mhz").c_str(), "before %u, lowest %u", &before, &after), 2);
  EXPECT_LT(after, before);
  EXPECT_THAT(summary.at("gpu_temperature_c"), "before 41, lowest 41, highest 41, after 41");
  EXPECT_EQ(summary.at("gpu_throttle_reasons"), "0x4");
}

TEST(NvmlMonitor, IsEmptyWithoutNvml) {
  NvmlMonitor monitor(nullptr);
  EXPECT_THAT(monitor.finish(), IsEmpty());
}

TEST(NvmlMonitor, SummarizesExtremesAndEveryReason) {
  const std::vector<GpuState> states{{.sm_clock_mhz = 1980, .throttle_reasons = 0x4},
                                     {.sm_clock_mhz = 1200, .throttle_reasons = 0x20},
                                     {.sm_clock_mhz = 1500}};
  const auto summary = summarize_states(states);
  EXPECT_EQ(summary.at("gpu_sm_clock_mhz"), "before 1980, lowest 1200, highest 1980, after 1500");
  EXPECT_EQ(summary.at("gpu_throttle_reasons"), "0x24");
}

}  // namespace
}  // namespace warpgauge::bench
