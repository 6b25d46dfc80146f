#include "fuzz/reproducer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace warpgauge {
namespace {

using testing::HasSubstr;

std::string error_of(const char* line) {
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
  EXPECT_THAT(error_of(""), HasSubstr("the line is empty; write CASE"));
  EXPECT_THAT(error_of("f32/B:1/H:1/S:1/D:8"), HasSubstr("causal"));
  const std::string problem = "f32/B:1/H:1/S:1/D:8/causal:0 ";
  EXPECT_EQ(error_of((problem + "family=needle").c_str()),
            "'family=needle': no such family; did you mean needles? it is one of normal, heavy_tailed, "
            "large_logits, huge_logits, needles, zero_query, unit_value, counting, constant_keys, nan_inputs");
  EXPECT_EQ(error_of((problem + "layout=odd").c_str()),
            "'layout=odd': no such layout; it is one of packed, padded, interleaved, mixed");
  EXPECT_EQ(error_of((problem + "seed=-1").c_str()),
            "'seed=-1': takes a whole number from 0 to 18446744073709551615");
  for (const char* threads : {"threads=0", "threads=4097", "threads=", "threads=x"})
    EXPECT_EQ(error_of((problem + threads).c_str()),
              std::string("'") + threads + "': takes a whole number from 1 to 4096");
  EXPECT_EQ(error_of((problem + "normal").c_str()),
            "'normal': unknown setting; write seed=, family=, layout= or threads=");
}

}  // namespace
}  // namespace warpgauge
