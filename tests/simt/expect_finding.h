// Assertions on the emulator's findings: kind, and text of the report.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>

#include "tests/simt/run_kernel.h"

namespace warpgauge::simt {

// "FILE:NUMBER" for the caller's file, in the format of reports.
inline std::string line(int number, const char* file = __builtin_FILE()) {
  return std::filesystem::path(file).filename().string() + ":" + std::to_string(number);
}

// Expects a finding of this kind whose report contains all of the texts.
template <class... Texts>
void expect_finding(const std::optional<emulator::DeviceError>& found, emulator::FindingKind kind,
                    const Texts&... texts) {
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->kind(), kind) << found->what();
  EXPECT_THAT(found->what(),
              testing::AllOf(testing::HasSubstr(finding_name(kind)), testing::HasSubstr(texts)...));
}

inline void expect_clean(const std::optional<emulator::DeviceError>& found) {
  EXPECT_FALSE(found.has_value()) << found->what();
}

// Schedule seeds by the timing of asynchronous operations (Plan::copy_timing).
constexpr std::uint64_t kLate = 0, kEager = 3, kRandom = 2;

template <auto kKernel>
auto block_finding(std::uint64_t seed = kLate, int threads = 2 * kWarpSize) {
  return finding<kKernel>({.threads = threads, .shared_bytes = 65536, .seed = seed});
}

// Expects no finding under nine schedules.
template <auto kKernel>
void expect_clean(int threads) {
  for (std::uint64_t seed = 0; seed < 9; ++seed) expect_clean(block_finding<kKernel>(seed, threads));
}

}  // namespace warpgauge::simt
