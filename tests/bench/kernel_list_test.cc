#include "bench/kernel_list.h"

#include <gmock/gmock.h>

namespace warpgauge::bench {
namespace {

using ::testing::HasSubstr;

Kernel kernel(std::string_view name, Backend backend,
              std::string (*supports)(const Problem&, const Tensors&)) {
  return {.name = name,
          .backend = backend,
          .summary = "a method",
          .deterministic = true,
          .supports = supports,
          .workspace_bytes = nullptr,
          .launch = nullptr};
}

std::string yes_if(bool supported) {
  return supported ? "" : "no";
}

std::string list(const Kernel& each) {
  const Kernel* const kernels[] = {&each};
  return kernel_list(kernels, {});
}

TEST(KernelList, ShowsWhatAKernelSupports) {
  EXPECT_EQ(list(kernel("all", Backend::cpu, [](const Problem&, const Tensors&) { return yes_if(true); })),
            "cpu/all               runs here, on the CPU\n"
            "    a method\n"
            "    supports: f32 f16 bf16; any D; any Sq; mask none causal; window softcap sinks bias:alibi "
            "bias:tensor Dv lengths page; bit-identical runs\n");
  EXPECT_THAT(
      list(kernel("some", Backend::cpu,
                  [](const Problem& p, const Tensors&) {
                    return yes_if(p.dtype != Dtype::f32 && (p.head_dim == 64 || p.head_dim == 128) &&
                                  p.seq_q <= 16 && p.mask == Mask::none && unsupported_variant(p).empty());
                  })),
      HasSubstr("supports: f16 bf16; D 64 128; Sq up to 16; mask none; no variants; bit-identical runs\n"));
  EXPECT_THAT(list(kernel("eights", Backend::cpu,
                          [](const Problem& p, const Tensors&) { return yes_if(p.head_dim % 8 == 0); })),
              HasSubstr("; D a multiple of 8; "));
  EXPECT_THAT(list(kernel("small", Backend::cpu,
                          [](const Problem& p, const Tensors&) { return yes_if(p.head_dim <= 100); })),
              HasSubstr("; D up to 100; "));
}

TEST(KernelList, ShowsWhereAKernelRuns) {
  const auto all = [](const Problem&, const Tensors&) { return yes_if(true); };
  EXPECT_THAT(list(kernel("flash", Backend::simt, all)),
              HasSubstr("emulated on the CPU: for fuzz, never timed"));
  if (const std::string reason = backend_unavailable(Backend::cuda); !reason.empty()) {
    EXPECT_EQ(list(kernel("flash", Backend::cuda, all)),
              "cuda/flash            needs a GPU; not available here: " + reason + "\n    a method\n");
  }
}

TEST(KernelList, NamesKernelsThatThisBuildDoesNotContain) {
  const std::vector<std::string> unbuilt{"cuda/flash_mma"};
  EXPECT_THAT(kernel_list({}, unbuilt), testing::StartsWith("cuda/flash_mma        not in this build: "));
}

TEST(MatrixList, HasALinePerMatrixWithItsNumberOfCases) {
  const Kernel all = kernel("all", Backend::cpu, [](const Problem&, const Tensors&) { return yes_if(true); });
  const Kernel half = kernel("half", Backend::cpu,
                             [](const Problem& p, const Tensors&) { return yes_if(p.dtype != Dtype::f32); });
  const Kernel* const kernels[] = {&all, &half};
  const std::string text = matrix_list(kernels);
  EXPECT_THAT(text, testing::StartsWith("smoke  CPU: 3 cases. CUDA: "));
  EXPECT_THAT(text, HasSubstr(" 1.5 s per process. A few small problems.\nci     CPU: 12 cases. "));
  EXPECT_THAT(text, HasSubstr("\nseed   "));
  EXPECT_THAT(text, HasSubstr("\nfull   "));
  EXPECT_THAT(text, HasSubstr("\nmodels CPU: "));
}

TEST(ProblemList, HasTheProblemsOfEachBackendAndTheirModels) {
  Options options;
  options.matrix = find_matrix("models");
  const std::string models = problem_list(options);
  EXPECT_THAT(models, testing::StartsWith("CPU:\n"
                                          "  f32/B:1/H:4/Hkv:1/S:1024/D:128/causal:1\n"
                                          "    Llama 3 8B, prefill; Qwen 3 8B, prefill\n"));
  EXPECT_THAT(models, HasSubstr("\nCUDA:\n"
                                "  bf16/B:1/H:32/Hkv:8/S:8192/D:128/causal:1\n"
                                "    Llama 3 8B, prefill; Qwen 3 8B, prefill\n"));
  options.matrix = find_matrix("smoke");
  parse_axis("S=32", options.axes);
  options.dtypes = {Dtype::bf16};
  EXPECT_THAT(problem_list(options), testing::StartsWith("CPU:\n"
                                                         "  bf16/B:1/H:4/S:32/D:64/causal:0\n"
                                                         "  bf16/B:1/H:4/S:32/D:64/causal:1\n"));
}

}  // namespace
}  // namespace warpgauge::bench
