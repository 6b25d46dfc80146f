#include "fuzz/reproducer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace warpgauge {
namespace {

using testing::HasSubstr;

std::string error_of(const std::string& line) {
  try {
    (void)parse_reproducer(line);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(Reproducer, ParsesWhatItFormats) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    const FuzzCase c = random_case(seed, 0);
    const std::string line = format_reproducer("cuda/flash_mma", c);
    const Reproducer parsed = parse_reproducer(line);
    EXPECT_EQ(parsed.kernel, "cuda/flash_mma");
    EXPECT_EQ(parsed.fuzz_case, c) << line;
  }
}

TEST(Reproducer, EveryFamilyHasAName) {
  for (const InputFamily family : all_families()) {
    const std::string line = std::string("f32/B:1/H:1/S:1/D:8/causal:0 family=") + family_name(family);
    EXPECT_EQ(parse_reproducer(line).fuzz_case.family, family) << line;
  }
}

TEST(Reproducer, SettingsHaveDefaults) {
  const Reproducer parsed = parse_reproducer("bf16/B:1/H:2/S:3/D:8/causal:1 family=needles");
  EXPECT_EQ(parsed.kernel, "");
  EXPECT_EQ(parsed.fuzz_case.problem.dtype, Dtype::bf16);
  EXPECT_EQ(parsed.fuzz_case.family, InputFamily::needles);
  EXPECT_EQ(parsed.fuzz_case.layout, Layout::packed);
  EXPECT_EQ(parsed.fuzz_case.threads, 1);
}

TEST(Reproducer, AppliesToAnIdToANameOrToAll) {
  const auto applies = [](const std::string& kernel, const char* id) {
    return Reproducer{kernel, {}}.applies_to(id);
  };
  EXPECT_TRUE(applies("cpu/naive", "cpu/naive"));
  EXPECT_TRUE(applies("naive", "cpu/naive"));
  EXPECT_TRUE(applies("", "cpu/naive"));
  EXPECT_FALSE(applies("cpu/naive", "cuda/naive"));
  EXPECT_FALSE(applies("aive", "cpu/naive"));
}

TEST(Reproducer, ErrorsNameTheWrongPartAndWhatIsExpected) {
  EXPECT_EQ(error_of(""), "'' is empty; write CASE [seed=N] [family=NAME] [layout=NAME]");
  EXPECT_THAT(error_of("f32/B:1/H:1/S:1/D:8"), HasSubstr("causal"));
  const std::string problem = "f32/B:1/H:1/S:1/D:8/causal:0 ";
  EXPECT_EQ(
      error_of(problem + "family=needle"),
      "family: 'needle' is not a family; did you mean needles? give normal, heavy_tailed, "
      "large_logits, huge_logits, needles, zero_query, unit_value, counting, constant_keys or nan_inputs");
  EXPECT_EQ(error_of(problem + "layout=odd"),
            "layout: 'odd' is not a layout; give packed, padded, interleaved or mixed");
  EXPECT_EQ(error_of(problem + "seed=-1"),
            "seed: '-1' is not a valid number; give a whole number from 0 to 18446744073709551615");
  for (const std::string threads : {"0", "4097", "", "x"})
    EXPECT_EQ(error_of(problem + "threads=" + threads),
              "threads: '" + threads + "' is not a valid number; give a whole number from 1 to 4096");
  EXPECT_EQ(error_of(problem + "normal"),
            "normal: is not a setting; write seed=, family=, layout= or threads=");
}

}  // namespace
}  // namespace warpgauge
