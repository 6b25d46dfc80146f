// What a test says of the emulator's findings: their kind, and the lines that they name.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>

#include "tests/simt/run_kernel.h"

namespace warpgauge::simt {

// FILE:NUMBER of the test that calls, as reports write it.
inline std::string line(int number, const char* file = __builtin_FILE()) {
  return std::filesystem::path(file).filename().string() + ":" + std::to_string(number);
}

// Checks the kind, and that the report holds every one of the texts.
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

// Schedule seeds, by what they do with asynchronous work.
constexpr std::uint64_t kLate = 0, kEager = 3, kRandom = 2;

template <auto kKernel>
auto warp_finding(std::uint64_t seed = kLate, int threads = 64) {
  return finding<kKernel>({.threads = threads, .shared_bytes = 65536, .seed = seed});
}

// Whatever the schedule.
template <auto kKernel>
void expect_clean(int threads) {
  for (std::uint64_t seed = 0; seed < 9; ++seed) expect_clean(warp_finding<kKernel>(seed, threads));
}

}  // namespace warpgauge::simt
