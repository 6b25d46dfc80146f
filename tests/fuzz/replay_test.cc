#include "fuzz/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace warpgauge {
namespace {

using testing::HasSubstr;

std::string error_of(const char* line) {
  try {
    parse_replay(line);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(Replay, ParsesWhatItFormats) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    const FuzzCase c = random_case(seed, 0);
    const std::string line = format_replay("cuda/flash_mma", c);
    const Replay parsed = parse_replay(line);
    EXPECT_EQ(parsed.kernel, "cuda/flash_mma");
    EXPECT_EQ(parsed.fuzz_case, c) << line;
  }
}

TEST(Replay, SettingsMayBeLeftOut) {
  const Replay parsed = parse_replay("bf16/B:1/H:2/S:3/D:8/causal:1 family=needles");
  EXPECT_EQ(parsed.kernel, "");
  EXPECT_EQ(parsed.fuzz_case.problem.dtype, Dtype::bf16);
  EXPECT_EQ(parsed.fuzz_case.family, InputFamily::needles);
  EXPECT_EQ(parsed.fuzz_case.layout, Layout::packed);
  EXPECT_EQ(parsed.fuzz_case.threads, 1);
}

TEST(Replay, NamesWhatItDoesNotUnderstand) {
  EXPECT_THAT(error_of(""), HasSubstr("empty"));
  EXPECT_THAT(error_of("f32/B:1/H:1/S:1/D:8"), HasSubstr("causal"));
  EXPECT_THAT(error_of("f32/B:1/H:1/S:1/D:8/causal:0 family=odd"), HasSubstr("'family=odd'"));
  EXPECT_THAT(error_of("f32/B:1/H:1/S:1/D:8/causal:0 seed=-1"), HasSubstr("'seed=-1'"));
  EXPECT_THAT(error_of("f32/B:1/H:1/S:1/D:8/causal:0 threads=0"), HasSubstr("'threads=0'"));
  EXPECT_THAT(error_of("f32/B:1/H:1/S:1/D:8/causal:0 threads=4097"), HasSubstr("threads=1 to 4096"));
  EXPECT_THAT(error_of("f32/B:1/H:1/S:1/D:8/causal:0 normal"), HasSubstr("NAME=VALUE"));
}

}  // namespace
}  // namespace warpgauge
