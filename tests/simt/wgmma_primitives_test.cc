// The emulated wgmma, compared with values derived by hand from the PTX ISA.
#include <gtest/gtest.h>

#include "tests/simt/run_kernel.h"

namespace warpgauge::simt {
namespace {

// PTX ISA, "Matrix-descriptor format": start address >> 4 at bit 0, leading offset >> 4 at bit 16, stride
// offset >> 4 at bit 32, swizzle mode 1 at bit 62. Addresses wrap at 18 bits.
TEST(Wgmma, matrix_descriptor) {
  EXPECT_EQ(matrix_descriptor(0x12340, 8192, 1024), 0x4000'0040'0200'1234u);
  EXPECT_EQ(matrix_descriptor(0x4'0000 + 0x400, 16, 2048), 0x4000'0080'0001'0040u);
}

// Small integers, whose sums of products are exact.
constexpr float a_at(int i, int k) {
  return static_cast<float>(1 + (i + 16 * k) % 13);
}
constexpr float b_at(int k, int j) {
  return static_cast<float>(1 + (k + 3 * j) % 7);
}

// The index of element (row, k) in a K-major or MN-major tile. Panels of 64 elements are `panel` apart.
template <Major kMajor>
constexpr int place(int row, int k, int panel) {
  const int line = kMajor == Major::k ? row : k, at = kMajor == Major::k ? k : row;
  return at / 64 * panel + line * 64 + swizzled_chunk(line, at % 64 / 8) * 8 + at % 8;
}

struct ProductOut {
  float d[kWarpgroupSize][128];  // [thread, register]
};
struct ProductParams {
  ProductOut* out;
};

// D = A B + 0.5 for 64 x N x 32. The tiles of A and B have 64 elements along K, of which the last 32 are
// used.
template <class T, Major kMajorA, Major kMajorB, int kColumns, bool kRegistersA>
SIMT_KERNEL(kWarpgroupSize)
multiply(ProductParams p) {
  constexpr int kPanelB = 64 * 64;
  SharedMemory shared;
  T* a = shared.array<T>("A", 64 * 64, 1024);
  T* b = shared.array<T>("B", (kMajorB == Major::k ? kColumns * 64 : (kColumns + 63) / 64 * kPanelB), 1024);
  const int thread = thread_index();
  for (int i = thread; i < 64 * 64; i += kWarpgroupSize)
    a[place<kMajorA>(i % 64, i / 64, 0)] = T(a_at(i % 64, i / 64));
  for (int i = thread; i < (kColumns + 63) / 64 * 64 * 64; i += kWarpgroupSize) {
    const int j = i / 64, k = i % 64;
    if (kMajorB == Major::mn || j < kColumns) b[place<kMajorB>(j, k, kPanelB)] = T(b_at(k, j));
  }
  fence_proxy_async();
  syncthreads();
  float d[kColumns / 2];
  for (float& sum : d) sum = 0.5f;
  // Two steps of 16, at k = 32 and 48.
  std::uint32_t fragments[2][4];
  for (int step = 0; step < 2; ++step) {
    for (int r = 0; r < 4; ++r) {
      const int lane = lane_index(), i = warp_index() * 16 + lane / 4 + r % 2 * 8;
      const int k = 32 + step * 16 + lane % 4 * 2 + r / 2 * 8;
      fragments[step][r] = pack<T>(a_at(i, k), a_at(i, k + 1));
    }
  }
  wgmma_fence();
  for (int step = 0; step < 2; ++step) {
    constexpr int kStepA = kMajorA == Major::k ? 32 : 2048, kStepB = kMajorB == Major::k ? 32 : 2048;
    const auto a_matrix =
        [&] {
          if constexpr (kMajorA == Major::k)
            return k_major(a);
          else
            return mn_major(a, 0);
        }()
            .advanced((2 + step) * kStepA);
    const auto b_matrix =
        [&] {
          if constexpr (kMajorB == Major::k)
            return k_major(b);
          else
            return mn_major(b, 2 * kPanelB);
        }()
            .advanced((2 + step) * kStepB);
    if constexpr (kRegistersA)
      wgmma<T>(d, fragments[step], b_matrix, true);
    else
      wgmma<T>(d, a_matrix, b_matrix, true);
  }
  wgmma_commit();
  wgmma_wait<0>();
  pin_registers(d);
  for (int i = 0; i < kColumns / 2; ++i) p.out->d[thread][i] = d[i];
}

// PTX ISA, "Register Fragments for wgmma.mma_async", D: d[i] of thread t of the warpgroup has
// row = 16 (t / 32) + (t % 32) / 4 + 8 ((i / 2) % 2) and column = 8 (i / 4) + 2 (t % 4) + i % 2.
template <class T, Major kMajorA, Major kMajorB, int kColumns, bool kRegistersA = false>
void check_product() {
  SCOPED_TRACE(testing::Message() << "N " << kColumns << ", A " << (kMajorA == Major::k ? "k" : "mn")
                                  << ", B " << (kMajorB == Major::k ? "k" : "mn")
                                  << (kRegistersA ? ", registers" : ""));
  static ProductOut out;
  run_all_schedules<multiply<T, kMajorA, kMajorB, kColumns, kRegistersA>>(
      ProductParams{&out}, {{"out", &out, sizeof out, true}}, kWarpgroupSize);
  for (int t = 0; t < kWarpgroupSize; ++t) {
    for (int i = 0; i < kColumns / 2; ++i) {
      const int row = 16 * (t / kWarpSize) + t % kWarpSize / 4 + 8 * (i / 2 % 2),
                column = 8 * (i / 4) + 2 * (t % 4) + i % 2;
      float expected = 0.5f;
      for (int k = 32; k < 64; ++k) expected += a_at(row, k) * b_at(k, column);
      ASSERT_EQ(out.d[t][i], expected) << "thread " << t << ", register " << i;
    }
  }
}

TEST(Wgmma, k_major_and_mn_major_operands_in_shared_memory) {
  check_product<f16, Major::k, Major::k, 8>();
  check_product<f16, Major::k, Major::k, 64>();
  check_product<bf16, Major::k, Major::k, 256>();
  check_product<bf16, Major::k, Major::mn, 64>();
  check_product<f16, Major::k, Major::mn, 176>();
  check_product<f16, Major::mn, Major::k, 72>();
  check_product<bf16, Major::mn, Major::mn, 128>();
}

TEST(Wgmma, a_in_registers) {
  check_product<f16, Major::k, Major::k, 24, true>();
  check_product<bf16, Major::k, Major::mn, 128, true>();
}

}  // namespace
}  // namespace warpgauge::simt
