#include "kernels/kernel.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>

namespace warpgauge {
namespace {

TEST(registry, ids_are_unique_and_entries_complete) {
  std::set<std::string> ids;
  for (const Kernel* kernel : all_kernels()) {
    EXPECT_TRUE(ids.insert(kernel->id()).second) << kernel->id();
    EXPECT_FALSE(kernel->summary.empty()) << kernel->id();
    ASSERT_TRUE(kernel->supports && kernel->launch) << kernel->id();
    EXPECT_EQ(find_kernel(kernel->id()), kernel);
  }
  EXPECT_TRUE(ids.contains("cpu/naive"));
  EXPECT_TRUE(ids.contains("cpu/blas"));
}

TEST(registry, finds_a_kernel_by_unique_name_without_the_backend) {
  EXPECT_EQ(find_kernel("blas"), find_kernel("cpu/blas"));
  EXPECT_EQ(find_kernel("no_such_kernel"), nullptr);
  const bool with_cuda = find_kernel("cuda/naive") != nullptr;
  EXPECT_EQ(find_kernel("naive"), with_cuda ? nullptr : find_kernel("cpu/naive"));
}

TEST(registry, supports_of_every_kernel_rejects_an_invalid_problem) {
  const Problem invalid{.heads = 3, .kv_heads = 2};
  for (const Kernel* kernel : all_kernels())
    EXPECT_EQ(kernel->supports(invalid, packed_tensors(invalid)), "Hkv must divide H") << kernel->id();
}

// See -falign-functions in kernels/CMakeLists.txt.
TEST(registry, functions_of_cpu_kernels_are_aligned_to_cache_lines) {
  constexpr std::uintptr_t kLine = 64;
  for (const Kernel* kernel : all_kernels()) {
    if (kernel->backend != Backend::cpu) continue;
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(kernel->launch) % kLine, 0u) << kernel->id();
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(kernel->supports) % kLine, 0u) << kernel->id();
  }
}

TEST(backend, buffer_copies_and_checks_bounds) {
  Buffer buffer(Backend::cpu, 16);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer.data()) % 256, 0u);
  const int in[2] = {7, 9};
  int out = 0;
  buffer.upload(in, sizeof in, 8);
  buffer.download(&out, sizeof out, 12);
  EXPECT_EQ(out, 9);
  EXPECT_THROW(buffer.upload(in, sizeof in, 12), std::out_of_range);
  EXPECT_THROW(buffer.download(&out, sizeof out, 13), std::out_of_range);
}

TEST(backend, cuda_is_unavailable_with_a_reason_or_works) {
  EXPECT_EQ(backend_unavailable(Backend::cpu), "");
  if (const std::string reason = backend_unavailable(Backend::cuda); !reason.empty()) {
    EXPECT_TRUE(reason.starts_with("no CUDA device") || reason == "built without the CUDA toolkit") << reason;
    EXPECT_THROW(Buffer(Backend::cuda, 16), std::runtime_error);
  } else {
    Buffer buffer(Backend::cuda, 4);
    const int in = 42;
    int out = 0;
    buffer.upload(&in, sizeof in);
    buffer.download(&out, sizeof out);
    EXPECT_EQ(out, 42);
  }
}

}  // namespace
}  // namespace warpgauge
