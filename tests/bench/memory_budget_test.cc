#include "bench/memory_budget.h"

#include <gmock/gmock.h>

#include "base/usage_error.h"
#include "fuzz/check_memory.h"

namespace warpgauge::bench {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::ThrowsMessage;

constexpr std::int64_t kScratch = std::int64_t{1} << 50;  // bytes: more than any machine has

Case with_scratch(Backend backend, const Kernel& kernel) {
  return {.kernel = &kernel,
          .problem = {},
          .name = std::string(backend_name(backend)) + "/greedy",
          .unsupported = ""};
}

Kernel greedy(Backend backend) {
  return {.name = "greedy",
          .backend = backend,
          .summary = "",
          .deterministic = true,
          .supports = nullptr,
          .workspace_bytes = [](const Problem&, int) { return kScratch; },
          .launch = nullptr};
}

const Kernel kOnHost = greedy(Backend::cpu), kOnDevice = greedy(Backend::cuda);

TEST(MemoryBudget, CountsTheOperandsThatAreTimedAndTheCheck) {
  Case host = with_scratch(Backend::cpu, kOnHost), device = with_scratch(Backend::cuda, kOnDevice);
  host.problem = device.problem = {.heads = 2, .seq_q = 3, .seq_k = 5, .head_dim = 8};
  // Elements in f32: Q 48, K and V 40 each, O 48, LSE 6.
  // The rows of K and V that a timed launch replaces: 8 each.
  constexpr double kOperands = 4 * (48 + 2 * 40 + 48 + 6 + 2 * 8);
  EXPECT_EQ(host_bytes(host, 1), check_bytes(kOnHost, host.problem, 1) + kOperands + kScratch);
  EXPECT_EQ(host_bytes(device, 1), check_bytes(kOnDevice, device.problem, 1));
  EXPECT_EQ(device_bytes(device), 2 * (kOperands + kScratch));
}

TEST(MemoryBudget, CountsTheOperandsOfVariants) {
  Case plain = with_scratch(Backend::cuda, kOnDevice);
  plain.problem = {.batch = 3, .heads = 2, .seq_q = 3, .seq_k = 40, .head_dim = 8};
  const auto more = [&](auto change) {
    Case changed = plain;
    change(changed.problem);
    return (device_bytes(changed) - device_bytes(plain)) / 2;
  };
  EXPECT_EQ(more([](Problem& p) { p.sinks = true; }), 4 * 2);
  // In blocks of 8 keys instead of 32, five rows of K and V are replaced per head instead of two.
  constexpr double kPerRow = 4 * 3 * 2 * 8;
  EXPECT_EQ(more([](Problem& p) { p.bias = Bias::alibi; }), 4 * 2 + 3 * kPerRow);
  // All batches share the bias. One element of each of its rows is replaced, and all rows of K and V.
  EXPECT_EQ(more([](Problem& p) { p.bias = Bias::tensor; }), 4 * (2 * 3 * 40 + 2 * 3) + 38 * kPerRow);
  // V, O, and the two rows of V per head that are replaced, have 20 columns instead of 8.
  EXPECT_EQ(more([](Problem& p) { p.value_dim = 20; }), 4 * 12 * (3 * 40 + 3 * 2 * 3 + 3 * 2));
}

TEST(MemoryBudget, NamesTheFirstCaseThatDoesNotFit) {
  const Case cases[] = {with_scratch(Backend::cuda, kOnDevice), with_scratch(Backend::cpu, kOnHost)};
  EXPECT_THAT([&] { require_memory(cases, 1, 4 * kScratch); },
              ThrowsMessage<UsageError>(::testing::AllOf(StartsWith("cpu/greedy: needs about 2097153 GiB"),
                                                         HasSubstr("--benchmark_filter"))));
  EXPECT_NO_THROW(require_memory({cases, 1}, 1, 4 * kScratch));
}

TEST(MemoryBudget, CasesThatFitOneByOneMayNotFitTogether) {
  Case f32 = with_scratch(Backend::cuda, kOnDevice);
  f32.problem = {.seq_q = 1 << 20, .seq_k = 1 << 20, .head_dim = 64};
  Case f16 = f32;
  f16.problem.dtype = Dtype::f16;
  const Case cases[] = {f32, f16};
  // f32: Q, K and V for the timing and for the check; O, LSE and the workspace twice. f16: Q, K and V for the
  // timing.
  const double together = device_bytes(f32) + 2 * 3 * 64.0 * (1 << 20) + device_bytes_of_bench();
  EXPECT_NO_THROW(require_memory(cases, 1, together));
  EXPECT_THAT([&] { require_memory(cases, 1, together - 1); },
              ThrowsMessage<UsageError>(::testing::AllOf(
                  StartsWith("the selected cases together need about "), HasSubstr("of GPU memory"))));
}

TEST(MemoryBudget, DeviceMemoryCountsForKernelsOfTheDeviceOnly) {
  const Case host = with_scratch(Backend::cpu, kOnHost), device = with_scratch(Backend::cuda, kOnDevice);
  EXPECT_EQ(device_bytes(host), 0);
  EXPECT_THAT(
      [&] {
        require_memory({&device, 1}, 1, kScratch);
      },
      ThrowsMessage<UsageError>(
          ::testing::AllOf(StartsWith("cuda/greedy: needs about "), HasSubstr("of GPU memory"))));
}

}  // namespace
}  // namespace warpgauge::bench
