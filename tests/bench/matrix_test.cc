#include "bench/matrix.h"

#include <gmock/gmock.h>

#include <set>

#include "base/usage_error.h"
#include "kernels/case_key.h"

namespace warpgauge::bench {
namespace {

using ::testing::ElementsAre;
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

// The problems that one axis makes of one.
std::vector<std::string> keys_of(const std::vector<const char*>& texts) {
  const BackendMatrix one{{{1, 2, 2, 64, 64, 32}}, {Dtype::f32}, 0};
  Axes axes;
  for (const char* text : texts) parse_axis(text, axes);
  std::vector<std::string> keys;
  for (const Problem& problem : expand(one, axes, {})) keys.push_back(format_problem(problem));
  return keys;
}

TEST(Matrix, AxesOfVariantsTakeTheValuesOfTheirKeys) {
  const std::string plain = "f32/B:1/H:2/S:64/D:32/causal:0";
  EXPECT_THAT(keys_of({"Dv=32,64"}), ElementsAre(plain, "f32/B:1/H:2/S:64/D:32/Dv:64/causal:0"));
  EXPECT_THAT(keys_of({"window=9,0/none/-1,-1/4,-1/-1,0"}),
              ElementsAre("f32/B:1/H:2/S:64/D:32/causal:1/window:9,0", plain,
                          "f32/B:1/H:2/S:64/D:32/causal:0/window:4,-1",
                          "f32/B:1/H:2/S:64/D:32/causal:1/window:-1,0"));
  EXPECT_THAT(keys_of({"softcap=0,50,0.5"}),
              ElementsAre(plain, plain + "/softcap:50", plain + "/softcap:0.5"));
  EXPECT_THAT(keys_of({"sinks=0,1"}), ElementsAre(plain, plain + "/sinks:1"));
  EXPECT_THAT(keys_of({"bias=none,alibi,tensor"}),
              ElementsAre(plain, plain + "/bias:alibi", plain + "/bias:tensor"));
  EXPECT_THAT(keys_of({"bias=alibi", "sinks=1", "window=7,2/3,0", "D=16"}),
              ElementsAre("f32/B:1/H:2/S:64/D:16/causal:0/window:7,2/sinks:1/bias:alibi",
                          "f32/B:1/H:2/S:64/D:16/causal:1/window:3,0/sinks:1/bias:alibi"));
}

TEST(Matrix, AWindowAndAMaskThatAreGivenMustFit) {
  EXPECT_THAT(keys_of({"window=9,0", "causal=1"}), ElementsAre("f32/B:1/H:2/S:64/D:32/causal:1/window:9,0"));
  EXPECT_THAT(
      [] {
        (void)keys_of({"window=9,0", "causal=0"});
      },
      ::testing::ThrowsMessage<UsageError>(HasSubstr(
          "--axis: 'f32/B:1/H:2/S:64/D:32/causal:0/window:9,0' is not a valid problem: a window's right "
          "side is 0 exactly if causal is 1")));
}

TEST(Matrix, AxisTextIsReadAgain) {
  for (const char* text : {"S=448,512", "window=1023,0/none/-1,-1", "bias=none,alibi", "softcap=0.5"}) {
    Axes axes;
    parse_axis(text, axes);
    EXPECT_EQ(axis_text(axes.begin()->first, axes.begin()->second), text);
  }
}

TEST(Matrix, InvalidAxesOfVariantsAreRefusedWithTheirOwnExample) {
  for (const auto& [text, message] : std::vector<std::pair<const char*, const char*>>{
           {"window=",
            "needs pairs LEFT,RIGHT of whole numbers of at least 0, or -1 for all keys; write "
            "window=LEFT,RIGHT[/LEFT,RIGHT...], for example window=1023,0/none"},
           {"window=5", "needs pairs"},
           {"window=1,2,3", "needs pairs"},
           {"window=1,0/", "needs pairs"},
           {"window=1,0,1,0", "needs pairs"},
           {"window=-2,0", "needs pairs"},
           {"window=1,0;2,0", "needs pairs"},
           {"softcap=", "needs finite numbers of at least 0; write softcap=X[,X...]"},
           {"softcap=-1", "needs finite numbers"},
           {"softcap=inf", "needs finite numbers"},
           {"softcap=nan", "needs finite numbers"},
           {"sinks=2", "needs whole numbers from 0 to 1; write sinks=N[,N]"},
           {"bias=all", "needs none, alibi or tensor; write bias=NAME[,NAME...]"},
           {"bias=none,", "needs none, alibi or tensor"},
           {"Dv=0", "needs whole numbers from 1 to "}}) {
    Axes axes;
    EXPECT_THAT([&] { parse_axis(text, axes); },
                ::testing::ThrowsMessage<std::invalid_argument>(HasSubstr(message)))
        << text;
  }
}

TEST(Models, EveryProblemNamesItsModelsAndFitsACpu) {
  const Matrix* models = find_matrix("models");
  ASSERT_NE(models, nullptr);
  for (const Backend backend : kBackends)
    for (const Problem& p : expand(models->of(backend), {}, {}))
      EXPECT_NE(source_of(models->of(backend), p), "") << format_problem(p);
  for (const Problem& p : expand(models->cpu, {}, {})) {
    EXPECT_EQ(p.batch, 1);
    EXPECT_LE(attention_flops(p), 5e9) << format_problem(p);
  }
}

// Each key once, as the sources in models.cc have the numbers.
TEST(Models, HaveTheNumbersOfTheirConfigurations) {
  const BackendMatrix& cuda = find_matrix("models")->cuda;
  for (const auto& [key, sources] : std::vector<std::pair<const char*, const char*>>{
           {"B:1/H:32/Hkv:8/S:8192/D:128/causal:1", "Llama 3 8B, prefill; Qwen 3 8B, prefill"},
           {"B:8/H:64/Hkv:8/S:1/Sk:8192/D:128/causal:0", "Llama 3 70B, decode; Qwen 3 32B, decode"},
           {"B:1/H:64/Hkv:8/S:4096/D:64/causal:1/window:127,0/sinks:1", "gpt-oss, window layer, prefill"},
           {"B:8/H:64/Hkv:8/S:1/Sk:4096/D:64/causal:0/sinks:1", "gpt-oss, full layer, decode"},
           {"B:1/H:16/Hkv:8/S:8192/D:256/causal:1/window:4095,0/softcap:50",
            "Gemma 2 9B, window layer, prefill"},
           {"B:1/H:32/Hkv:16/S:8192/D:128/causal:1/window:4095,0/softcap:50",
            "Gemma 2 27B, window layer, prefill"},
           {"B:8/H:8/Hkv:4/S:1/Sk:8192/D:256/causal:1/window:1023,0", "Gemma 3 4B, window layer, decode"},
           {"B:1/H:32/Hkv:8/S:8192/D:128/causal:1/window:4095,0", "Mistral 7B v0.1, prefill"},
           {"B:1/H:128/S:4096/D:192/Dv:128/causal:1", "DeepSeek V3, prefill"},
           {"B:8/H:128/Hkv:1/S:1/Sk:4096/D:576/Dv:512/causal:0", "DeepSeek V3, decode"},
           {"B:8/H:12/S:197/D:64/causal:0", "ViT-B/16, 197 tokens"},
           {"B:8/H:16/S:577/D:64/causal:0", "ViT-L/16, 577 tokens"},
           {"B:1/H:20/S:448/Sk:1500/D:64/causal:0", "Whisper large, cross attention of 448 tokens"}})
    EXPECT_EQ(source_of(cuda, parse_case(std::string("bf16/") + key).problem), sources) << key;
}

TEST(Models, TheCpuFormKeepsGroupsHeadDimensionsAndTheShareOfTheWindow) {
  const BackendMatrix& cpu = find_matrix("models")->cpu;
  for (const auto& [key, sources] : std::vector<std::pair<const char*, const char*>>{
           {"B:1/H:4/Hkv:1/S:1024/D:128/causal:1", "Llama 3 8B, prefill; Qwen 3 8B, prefill"},
           {"B:1/H:8/Hkv:1/S:512/D:64/causal:1/window:15,0/sinks:1", "gpt-oss, window layer, prefill"},
           {"B:1/H:2/Hkv:1/S:1/Sk:1024/D:256/causal:1/window:511,0/softcap:50",
            "Gemma 2 9B, window layer, decode"},
           {"B:1/H:1/S:577/D:64/causal:0", "ViT-B/16, 577 tokens; ViT-L/16, 577 tokens"}})
    EXPECT_EQ(source_of(cpu, parse_case(std::string("f32/") + key).problem), sources) << key;
}

TEST(Models, AnAxisThatChangesAProblemLeavesItWithoutAModel) {
  Axes axes;
  parse_axis("D=32", axes);
  const BackendMatrix& cpu = find_matrix("models")->cpu;
  for (const Problem& p : expand(cpu, axes, {})) EXPECT_EQ(source_of(cpu, p), "") << format_problem(p);
}

TEST(Matrix, InvalidAxesAreRefusedWithAnExample) {
  for (const char* text : {"", "S", "S=", "S=12x", "S=1,,2", "S=1,", "S=0", "S=-1", "Sk=-1",
                           "S=9223372036854775808", "X=1", "causal=2", "=4", "Dv=0"}) {
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
