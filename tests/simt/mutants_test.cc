// The fused kernels with one line broken: the emulator or the numbers must say so, and a race is reported
// with both of its lines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "fuzz/check.h"

#define WARPGAUGE_FLASH_MUTANTS(X) \
  X(first_barrier)                 \
  X(second_barrier)                \
  X(weak_wait)                     \
  X(tail_mask)                     \
  X(diagonal) X(top_left) X(wrong_lane) X(no_rescale) X(no_guard) X(lse_only) X(swizzle) X(output_barrier)
#define WARPGAUGE_DECODE_MUTANTS(X) \
  X(copy_barrier)                   \
  X(stage_barrier)                  \
  X(merge_barrier)                  \
  X(weak_wait)                      \
  X(wrong_keys) X(tail_mask) X(diagonal) X(padding) X(merge_weight) X(combine_weight) X(combine_lse)

namespace warpgauge {

extern const Kernel simt_flash_mma;
extern const Kernel simt_decode_split_kv;
#define WARPGAUGE_DECLARE(name) extern const Kernel mutant_flash_##name##_flash_mma;
WARPGAUGE_FLASH_MUTANTS(WARPGAUGE_DECLARE)
#undef WARPGAUGE_DECLARE
#define WARPGAUGE_DECLARE(name) extern const Kernel mutant_decode_##name##_decode_split_kv;
WARPGAUGE_DECODE_MUTANTS(WARPGAUGE_DECLARE)
#undef WARPGAUGE_DECLARE

namespace {

using testing::HasSubstr;

struct Mutant {
  const char* name;
  const Kernel* kernel;
};

const Mutant kMutants[] = {
#define WARPGAUGE_MUTANT(name) {"flash_" #name, &mutant_flash_##name##_flash_mma},
    WARPGAUGE_FLASH_MUTANTS(WARPGAUGE_MUTANT)
#undef WARPGAUGE_MUTANT
#define WARPGAUGE_MUTANT(name) {"decode_" #name, &mutant_decode_##name##_decode_split_kv},
        WARPGAUGE_DECODE_MUTANTS(WARPGAUGE_MUTANT)
#undef WARPGAUGE_MUTANT
};

Problem problem(std::int64_t seq_q, std::int64_t seq_k, Mask mask) {
  return {.heads = 2,
          .kv_heads = 1,
          .seq_q = seq_q,
          .seq_k = seq_k,
          .head_dim = 64,
          .dtype = Dtype::f16,
          .mask = mask};
}

// Problems that between them have several tiles, tails along both axes, a diagonal, and rows that see no key;
// for decode_split_kv one split and many, and more packed rows than a block takes.
std::vector<Problem> problems(const Kernel& kernel) {
  if (kernel.name == simt_flash_mma.name)
    return {problem(70, 201, Mask::none), problem(150, 201, Mask::causal), problem(140, 65, Mask::causal)};
  Problem many_heads = problem(2, 330, Mask::causal);
  many_heads.batch = 16;
  return {problem(1, 1001, Mask::none), problem(11, 201, Mask::causal), problem(9, 5, Mask::causal),
          many_heads};
}

std::string failures(const Kernel& kernel) {
  std::string text;
  for (const Problem& p : problems(kernel))
    for (std::uint64_t seed = 1; seed < 4; ++seed) text += check(kernel, p, seed, {.probes = true}).report();
  return text;
}

// "flash_tile.h:N" of the first line that holds the text.
std::string line_of(const std::string& text) {
  std::ifstream source(FLASH_TILE_SOURCE);
  std::string line;
  for (int number = 1; std::getline(source, line); ++number)
    if (line.find(text) != std::string::npos) return "kernels/cuda/flash_tile.h:" + std::to_string(number);
  return "no line with " + text;
}

TEST(FlashMma, itself_passes) {
  EXPECT_EQ(failures(simt_flash_mma), "");
}

class MutantTest : public testing::TestWithParam<Mutant> {};

TEST_P(MutantTest, is_caught) {
  EXPECT_NE(failures(*GetParam().kernel), "");
}

INSTANTIATE_TEST_SUITE_P(Each, MutantTest, testing::ValuesIn(kMutants),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(Mutants, a_dropped_barrier_is_a_race_between_two_lines) {
  const std::string report = failures(mutant_flash_second_barrier_flash_mma);
  EXPECT_THAT(report, HasSubstr("data race in flash_mma, block ("));
  EXPECT_THAT(report, HasSubstr(line_of("simt::load_matrices<false>(pair, k.chunk(")));
  EXPECT_THAT(report, HasSubstr(line_of("simt::copy_async_16(tile.chunk(")));
}

}  // namespace
}  // namespace warpgauge
