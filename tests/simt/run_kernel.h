// Runs a test kernel in the emulator and returns its finding.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kernels/simt/emulator/finding.h"
#include "kernels/simt/simt.h"

namespace warpgauge::simt {

struct NoParams {};

struct Setting {
  int threads = kWarpSize;
  std::size_t shared_bytes = 4096;
  int blocks = 1;
  std::uint64_t seed = 0;
  int os_threads = 1;
  std::vector<GlobalRange> memory = {};
};

template <auto kKernel, class Params = NoParams>
std::optional<emulator::DeviceError> finding(const Setting& setting, const Params& params = {}) {
  try {
    launch<kKernel>("test", {{setting.blocks}, setting.threads, setting.shared_bytes}, params, setting.memory,
                    {.threads = setting.os_threads, .schedule_seed = setting.seed});
    return std::nullopt;
  } catch (const emulator::DeviceError& error) {
    return error;
  }
}

constexpr std::uint64_t kSeeds[] = {0, 1, 2, 3, 5, 8};  // asynchronous operations late, eager and random

// Runs the kernel under several schedules and expects no findings.
template <auto kKernel, class Params>
void run_all_schedules(const Params& params, const std::vector<GlobalRange>& memory,
                       int threads = kWarpSize) {
  for (const std::uint64_t seed : kSeeds) {
    const auto found = finding<kKernel>(
        {.threads = threads, .shared_bytes = 120 * 1024, .seed = seed, .memory = memory}, params);
    ASSERT_FALSE(found.has_value()) << found->what();
  }
}

}  // namespace warpgauge::simt
