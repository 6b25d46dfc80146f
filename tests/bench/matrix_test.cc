#include "bench/matrix.h"

#include <gmock/gmock.h>

#include <set>

#include "base/usage_error.h"
#include "kernels/case_key.h"

namespace warpgauge::bench {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr Backend kBackends[] = {Backend::cpu, Backend::cuda};

Kernel named(std::string_view name) {
  return {.name = name,
          .backend = Backend::cpu,
          .summary = "",
          .deterministic = true,
          .supports = nullptr,
          .workspace_bytes = nullptr,
          .launch = nullptr};
}

TEST(Matrix, EveryMatrixHasUniqueProblemsWhoseKeysRoundTrip) {
  for (const Matrix& matrix : all_matrices())
    for (Backend backend : kBackends) {
      const auto problems = expand(matrix.of(backend), {}, {});
      std::set<std::string> keys;
      for (const Problem& problem : problems) {
        EXPECT_EQ(problem_error(problem), "");
        const std::string key = format_problem(problem);
        EXPECT_EQ(parse_case(key).problem, problem) << key;
        keys.insert(key);
      }
      EXPECT_THAT(keys, SizeIs(problems.size())) << matrix.name;
      EXPECT_FALSE(problems.empty());
    }
}

TEST(Matrix, SeedHasThirtyOneShapes) {
  const Matrix* seed = find_matrix("seed");
  ASSERT_NE(seed, nullptr);
  EXPECT_THAT(expand(seed->cpu, {}, {}), SizeIs(31));       // f32
  EXPECT_THAT(expand(seed->cuda, {}, {}), SizeIs(2 * 31));  // f16, bf16
  std::set<std::string> keys;
  for (const Problem& problem : expand(seed->cuda, {}, {Dtype::f16})) keys.insert(format_problem(problem));
  for (int s : {448, 512, 640})
    for (int b : {16, 32, 48})
      for (int h : {4, 8, 16})
        EXPECT_TRUE(keys.erase("f16/B:" + std::to_string(b) + "/H:" + std::to_string(h) +
                               "/S:" + std::to_string(s) + "/D:64/causal:0"));
  EXPECT_THAT(keys, ::testing::UnorderedElementsAre(
                        "f16/B:32/H:8/S:64/D:64/causal:0", "f16/B:32/H:8/S:128/D:64/causal:0",
                        "f16/B:32/H:8/S:256/D:64/causal:0", "f16/B:8/H:4/S:64/D:64/causal:0"));
}

TEST(Matrix, FullHasTheSameTokensAndWidthAtEveryLength) {
  const Matrix* full = find_matrix("full");
  ASSERT_NE(full, nullptr);
  EXPECT_THAT(expand(full->cpu, {}, {}), SizeIs(4 * 3 * 4));       // lengths, dims, kinds
  EXPECT_THAT(expand(full->cuda, {}, {}), SizeIs(2 * 5 * 3 * 4));  // types as well
  for (const Problem& problem : expand(full->cuda, {}, {})) {
    EXPECT_EQ(problem.batch * problem.seq_k, 16384);
    EXPECT_EQ(problem.heads * problem.head_dim, 2048);
  }
}

TEST(Matrix, NaiveIsNotInSeedAndTakesOnlySmallProblemsElsewhere) {
  for (const Problem& problem : expand(find_matrix("seed")->cpu, {}, {})) {
    EXPECT_FALSE(takes_part(find_matrix("seed")->cpu, named("naive"), problem));
    EXPECT_TRUE(takes_part(find_matrix("seed")->cpu, named("blas"), problem));
  }
  int naive = 0;
  for (const Problem& problem : expand(find_matrix("ci")->cpu, {}, {}))
    naive += takes_part(find_matrix("ci")->cpu, named("naive"), problem);
  EXPECT_GE(naive, 1);
  EXPECT_LE(naive, 4);
}

TEST(Matrix, CiCoversMasksGroupsCrossLengthsAndDecode) {
  for (Backend backend : kBackends) {
    bool causal = false, grouped = false, cross = false, decode = false;
    for (const Problem& p : expand(find_matrix("ci")->of(backend), {}, {})) {
      causal |= p.mask == Mask::causal;
      grouped |= p.kv_heads < p.heads;
      cross |= p.seq_q > 1 && p.seq_q != p.seq_k;
      decode |= p.seq_q == 1;
    }
    EXPECT_TRUE(causal && grouped && cross && decode) << backend_name(backend);
  }
}

TEST(Matrix, AnAxisReplacesItsValuesEverywhere) {
  Axes axes;
  parse_axis("S=448,512,640", axes);
  parse_axis("causal=1", axes);
  const auto problems = expand(find_matrix("smoke")->cpu, axes, {Dtype::bf16});
  std::set<std::int64_t> lengths;
  for (const Problem& p : problems) {
    lengths.insert(p.seq_q);
    EXPECT_EQ(p.mask, Mask::causal);
    EXPECT_EQ(p.dtype, Dtype::bf16);
  }
  EXPECT_THAT(lengths, ::testing::ElementsAre(448, 512, 640));
}

TEST(Matrix, ReplacingQueriesOrHeadsAlsoReplacesKeysOrKeyHeadsIfTheyWereEqual) {
  const BackendMatrix one{{{1, 4, 4, 128, 128, 64}, {1, 8, 2, 1, 512, 64}}, {Dtype::f32}, 0};
  Axes axes;
  parse_axis("S=256", axes);
  parse_axis("H=16", axes);
  parse_axis("D=32", axes);
  const auto problems = expand(one, axes, {});
  ASSERT_THAT(problems, SizeIs(2));
  EXPECT_EQ(format_problem(problems[0]), "f32/B:1/H:16/S:256/D:32/causal:0");
  EXPECT_EQ(format_problem(problems[1]), "f32/B:1/H:16/Hkv:2/S:256/Sk:512/D:32/causal:0");
}

TEST(Matrix, AnAxisThatMakesAnInvalidProblemIsRefused) {
  Axes axes;
  parse_axis("Hkv=3", axes);
  EXPECT_THAT([&] { (void)expand(find_matrix("smoke")->cpu, axes, {}); },
              ::testing::ThrowsMessage<UsageError>(
                  HasSubstr("--axis: 'f32/B:1/H:4/Hkv:3/S:128/D:64/causal:0' is not a valid problem: ")));
}

TEST(Matrix, InvalidAxesAreRefusedWithAnExample) {
  for (const char* text : {"", "S", "S=", "S=12x", "S=1,,2", "S=1,", "S=0", "S=-1", "Sk=-1",
                           "S=9223372036854775808", "X=1", "causal=2", "=4"}) {
    Axes axes;
    try {
      parse_axis(text, axes);
      FAIL() << text;
    } catch (const std::invalid_argument& error) {
      EXPECT_THAT(error.what(), HasSubstr("S=448,512,640")) << text;
    }
  }
  Axes axes;
  parse_axis("S=1", axes);
  EXPECT_THROW(parse_axis("S=2", axes), std::invalid_argument);
}

}  // namespace
}  // namespace warpgauge::bench
