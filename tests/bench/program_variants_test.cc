// The bench program on problems with variants, and on those of models.
#include <gmock/gmock.h>

#include "compare/input/reader.h"
#include "tests/bench/program.h"

namespace warpgauge {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class Variants : public Program {};

TEST_F(Variants, MeasuresVariantsAndIsReadByCompare) {
  const Finished done = run(
      BENCH,
      "--matrix smoke --axis S=32 --axis Sk=40 --axis B=2 --axis Hkv=2 --axis window=9,0 --axis softcap=5 "
      "--axis sinks=1 --axis bias=none,alibi,tensor --axis Dv=32 --process-seconds 0.1 "
      "--benchmark_repetitions=1 --benchmark_out=r.json --cache=cold");
  EXPECT_EQ(done.exit_code, 0) << done.err;
  const std::string key = "f32/B:2/H:4/Hkv:2/S:32/Sk:40/D:64/Dv:32/causal:1/window:9,0/softcap:5/sinks:1";
  std::vector<std::string> names;
  for (const warpgauge::Case& each : read_process((directory_ / "r.json").string(), {}).cases) {
    EXPECT_EQ(each.failure, "") << each.name;
    names.push_back(each.name);
  }
  EXPECT_THAT(names, testing::UnorderedElementsAre("cpu/naive/" + key, "cpu/naive/" + key + "/bias:alibi",
                                                   "cpu/naive/" + key + "/bias:tensor", "cpu/blas/" + key,
                                                   "cpu/blas/" + key + "/bias:alibi",
                                                   "cpu/blas/" + key + "/bias:tensor"));
}

TEST_F(Variants, AModelIsInTheTableAndInEachRow) {
  const Finished done = run(BENCH,
                            "--matrix models --process-seconds 0.05 --benchmark_repetitions=1 "
                            "--benchmark_out=r.json --benchmark_filter='cpu/blas/.*/S:197/'");
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.out,
              HasSubstr("models:\n  f32/B:1/H:1/S:197/D:64/causal:0\n    ViT-B/16, 197 tokens; ViT-L/16"));
  for (const json& row : rows_of("blas"))
    EXPECT_EQ(row["models"], "ViT-B/16, 197 tokens; ViT-L/16, 197 tokens");
}

TEST_F(Variants, AKernelThatDoesNotSupportThemSaysSo) {
  const Finished done =
      run(BENCH_WITH_FAULTS, std::string(kOneCase) + "--axis softcap=0,50 --benchmark_filter=right");
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("causal:0/softcap:50  skipped: soft caps are not supported"));
}

}  // namespace
}  // namespace warpgauge
