// A warp-specialised kernel with TMA, mbarriers and wgmma: in the emulator under several schedules, and on a
// GPU of compute capability 9.0.
#include "tests/simt/linear_attention.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string_view>

#include "kernels/cuda_runtime.h"

namespace warpgauge {

extern const Kernel simt_linear_attention;

namespace {

TEST(LinearAttention, is_correct_in_the_emulator_under_all_schedules) {
  for (const Problem& p : linear_attention_problems()) {
    ASSERT_EQ(simt_linear_attention.supports(p, packed_tensors(p)), "");
    for (std::uint64_t seed = 0; seed < 12; ++seed)
      ASSERT_EQ(linear_attention_failure(simt_linear_attention, p, seed), "")
          << "Sq " << p.seq_q << ", Sk " << p.seq_k << ", D " << p.head_dim << ", seed " << seed;
  }
}

TEST(LinearAttention, supports_returns_a_reason_for_other_head_dimensions) {
  Problem p = linear_attention_problems().front();
  p.head_dim = 96;
  EXPECT_NE(simt_linear_attention.supports(p, packed_tensors(p)), "");
}

}  // namespace

#if defined(WARPGAUGE_WITH_CUDA)
extern const Kernel cuda_linear_attention;

namespace {

TEST(LinearAttention, is_correct_on_a_gpu) {
  if (const std::string reason = cuda::unavailable(); !reason.empty()) {
    const char* required = std::getenv("WARPGAUGE_REQUIRE_GPU");
    ASSERT_FALSE(required && std::string_view(required) == "1") << reason;
    GTEST_SKIP() << reason;
  }
  for (const Problem& p : linear_attention_problems()) {
    if (const std::string reason = cuda_linear_attention.supports(p, packed_tensors(p)); !reason.empty())
      GTEST_SKIP() << reason;
    EXPECT_EQ(linear_attention_failure(cuda_linear_attention, p, 1), "");
  }
}

}  // namespace
#endif

}  // namespace warpgauge
