#include "fuzz/reproducer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "fuzz/recorded_cases.h"

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

// Random cases meet the rare kinds seldom, and the expensive ones only in the nightly.
TEST(RecordedCases, HoldEachKindThatIsDrawn) {
  std::map<std::string, int> met;
  for (Layout layout : all_layouts()) met[layout_name(layout)] = 0;
  for (InputFamily family : all_families()) met[family_name(family)] = 0;
  for (Guard guard : all_guards()) met[guard_name(guard)] = 0;
  for (const Reproducer& each : recorded_cases()) {
    const FuzzCase& c = each.fuzz_case;
    const Problem& p = c.problem;
    met[layout_name(c.layout)]++, met[family_name(c.family)]++, met[guard_name(c.guard)]++;
    met["no keys"] += p.seq_k == 0;
    met["Sq > Sk, causal"] += p.mask == Mask::causal && p.seq_q > p.seq_k;
    met["scale 0"] += p.scale == 0;
    met["negative scale"] += p.scale < 0;
    met["a group of 71"] += p.heads / p.kv_heads == 71;
    met["more than 4 batches"] += p.batch > 4;
    met["65,537 batches"] += p.batch == 65537;
    met["65,537 heads of Q"] += p.heads == 65537 && p.kv_heads == 1;
    met["65,537 heads of K"] += p.kv_heads == 65537;
    met["33,000 keys"] += p.seq_k == 33000;
    met["70,000 keys"] += p.seq_k == 70000;
    met["more than 640 rows"] += p.seq_q > 640;
    met["D = 576"] += p.head_dim == 576;
    met["f16 sums past 65,504"] += c.family == InputFamily::magnitudes && c.seed == 1256;
    met["a tail of 24"] += p.head_dim % 128 == 24;
  }
  for (const auto& [kind, lines] : met) EXPECT_GE(lines, 1) << kind;
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
      "large_logits, huge_logits, needles, zero_query, unit_value, counting, constant_keys, nan_inputs, "
      "magnitudes, "
      "subnormals or non_finite_keys");
  EXPECT_EQ(error_of(problem + "layout=odd"),
            "layout: 'odd' is not a layout; did you mean odd_row or odd_base? give packed, padded, "
            "interleaved, mixed, cache_slice, batch_gap, "
            "q_batch_stride_0, q_head_stride_0, q_row_stride_0, kv_batch_stride_0, kv_head_stride_0, "
            "kv_row_stride_0, junk, odd_row, odd_base, wide_row, far_batch, far_head, far_row or far_output");
  EXPECT_EQ(error_of(problem + "guard=odd"), "guard: 'odd' is not a guard; give bands, start or end");
  EXPECT_EQ(error_of(problem + "seed=-1"),
            "seed: '-1' is not a valid number; give a whole number from 0 to 18446744073709551615");
  for (const std::string threads : {"0", "4097", "", "x"})
    EXPECT_EQ(error_of(problem + "threads=" + threads),
              "threads: '" + threads + "' is not a valid number; give a whole number from 1 to 4096");
  EXPECT_EQ(error_of(problem + "normal"),
            "normal: is not a setting; write seed=, family=, layout=, guard= or threads=");
}

}  // namespace
}  // namespace warpgauge
