// Emulated primitives, compared with values derived by hand from the definitions and fragment tables of the
// PTX ISA.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "tests/simt/run_kernel.h"

namespace warpgauge::simt {
namespace {

// Returns the output of a kernel.
template <auto kKernel, class Out>
Out run(int threads = kWarpSize) {
  struct Result {
    Out* out;
  };
  Out out{};
  const auto found = finding<[](Result r) { kKernel(*r.out); }>(
      {.threads = threads, .memory = {{"out", &out, sizeof out, true}}}, Result{&out});
  EXPECT_FALSE(found.has_value()) << found->what();
  return out;
}

using Lanes = std::array<int, kWarpSize>;
using LaneWords = std::array<std::uint32_t, kWarpSize>;

TEST(Ids, thread_lane_and_warp_indices) {
  struct Out {
    int thread[64], lane[64], warp[64];
  };
  const Out out = run<[](Out& o) {
    const int i = thread_index();
    o.thread[i] = i, o.lane[i] = lane_index(), o.warp[i] = warp_index();
  },
                      Out>(64);
  for (int i = 0; i < 64; ++i) {
    EXPECT_EQ(out.thread[i], i);
    EXPECT_EQ(out.lane[i], i % kWarpSize);
    EXPECT_EQ(out.warp[i], i / kWarpSize);
  }
}

// PTX ISA, shfl.sync: .bfly lane ^ b; .idx b; .up lane - b unless below 0; .down lane + b unless above 31.
TEST(Shuffle, xor_index_up_and_down) {
  const auto by_xor =
      run<[](Lanes& o) { o[thread_index()] = shuffle_xor(100 + thread_index(), 5); }, Lanes>();
  const auto by_index =
      run<[](Lanes& o) { o[thread_index()] = shuffle(100 + thread_index(), 3 * thread_index()); }, Lanes>();
  const auto up = run<[](Lanes& o) { o[thread_index()] = shuffle_up(100 + thread_index(), 3); }, Lanes>();
  const auto down = run<[](Lanes& o) { o[thread_index()] = shuffle_down(100 + thread_index(), 3); }, Lanes>();
  for (int i = 0; i < kWarpSize; ++i) {
    EXPECT_EQ(by_xor[i], 100 + (i ^ 5));
    EXPECT_EQ(by_index[i], 100 + 3 * i % kWarpSize);
    EXPECT_EQ(up[i], 100 + (i < 3 ? i : i - 3));
    EXPECT_EQ(down[i], 100 + (i > 28 ? i : i + 3));
  }
}

TEST(Vote, ballot_any_all) {
  const auto votes =
      run<[](LaneWords& o) { o[thread_index()] = ballot(thread_index() % 3 == 0); }, LaneWords>();
  for (std::uint32_t vote : votes) EXPECT_EQ(vote, 0x49249249u);
  const auto quantified = run<[](Lanes& o) {
    o[thread_index()] = any(thread_index() == 7) + 2 * any(thread_index() > 31) +
                        4 * all(thread_index() < kWarpSize) + 8 * all(thread_index() < 31);
  },
                              Lanes>();
  for (int bits : quantified) EXPECT_EQ(bits, 1 + 4);
}

TEST(Reduce, add_wraps_and_min_and_max_are_unsigned) {
  struct Out {
    LaneWords sum, least, most;
  };
  const Out out = run<[](Out& o) {
    const auto i = static_cast<std::uint32_t>(thread_index());
    o.sum[i] = reduce_add(0x80000000u + i);
    o.least[i] = reduce_min(0x80000000u - i);
    o.most[i] = reduce_max(0x7ffffff0u + i);
  },
                      Out>();
  for (int i = 0; i < kWarpSize; ++i) {
    EXPECT_EQ(out.sum[i], 496u);  // 0 + ... + 31 + 32 * 2^31, modulo 2^32
    EXPECT_EQ(out.least[i], 0x7fffffe1u);
    EXPECT_EQ(out.most[i], 0x8000000fu);
  }
}

TEST(Atomic, add_max_and_compare_exchange_return_the_old_value) {
  struct Out {
    int sum, most, swapped, before[kWarpSize];
  };
  const Out out = run<[](Out& o) {
    const int i = thread_index();
    o.before[i] = atomic_add(&o.sum, 1);
    atomic_max(&o.most, i * 7 % kWarpSize);
    atomic_compare_exchange(&o.swapped, i, i + 1);
  },
                      Out>();
  EXPECT_EQ(out.sum, kWarpSize);
  EXPECT_EQ(out.most, kWarpSize - 1);
  EXPECT_EQ(out.swapped, kWarpSize);
  int seen = 0;
  for (int before : out.before) seen += before;
  EXPECT_EQ(seen, 496);
}

TEST(CopyAsync, copies_the_source_bytes_and_fills_with_zeros) {
  struct Out {
    alignas(16) std::uint32_t source[4];
    std::uint32_t target[5][4];
  };
  const Out out = run<[](Out& o) {
    const int i = thread_index();
    if (i < 4) o.source[i] = 0x01020304u * static_cast<std::uint32_t>(i + 1);
    syncwarp();
    auto* words = SharedMemory().array<std::uint32_t>("words", 20);
    if (i < 5) copy_async_16(words + 4 * i, o.source, 4 * i);
    copy_async_commit();
    copy_async_wait<0>();
    if (i < 5)
      for (int w = 0; w < 4; ++w) o.target[i][w] = words[4 * i + w];
  },
                      Out>();
  for (int i = 0; i < 5; ++i)
    for (int w = 0; w < 4; ++w) EXPECT_EQ(out.target[i][w], w < i ? out.source[w] : 0u);
}

// PTX ISA, ldmatrix: lanes 8m..8m+7 pass the addresses of matrix m's rows. A lane's register m holds elements
// (lane / 4, lane % 4 * 2) and the next of the row. With .trans row and column are exchanged.
template <bool kTransposed, int kCount>
void check_load_matrices() {
  struct Out {
    std::uint32_t registers[kWarpSize][kCount];
  };
  const Out out = run<[](Out& o) {
    auto* elements = SharedMemory().array<std::uint16_t>("elements", 256);
    for (int e = thread_index(); e < 256; e += kWarpSize)
      elements[e] = static_cast<std::uint16_t>(e);  // matrix, row, column
    syncwarp();
    load_matrices<kTransposed>(o.registers[thread_index()], elements + thread_index() * 8);
  },
                      Out>();
  for (int lane = 0; lane < kWarpSize; ++lane) {
    for (int m = 0; m < kCount; ++m) {
      const int row = lane / 4, column = lane % 4 * 2;
      const int first = kTransposed ? m * 64 + column * 8 + row : m * 64 + row * 8 + column;
      const int second = kTransposed ? first + 8 : first + 1;
      EXPECT_EQ(out.registers[lane][m], static_cast<std::uint32_t>(second << 16 | first)) << lane << " " << m;
    }
  }
}

TEST(LoadMatrices, one_two_and_four_matrices_plain_and_transposed) {
  check_load_matrices<false, 1>();
  check_load_matrices<false, 2>();
  check_load_matrices<false, 4>();
  check_load_matrices<true, 1>();
  check_load_matrices<true, 2>();
  check_load_matrices<true, 4>();
}

// The position of element i of a lane's fragment (PTX ISA, "Matrix Fragments for mma.m16n8k16 with floating
// point type").
struct Position {
  int row, column;
};
Position position_in_a(int lane, int i) {
  const int group = lane >> 2, thread = lane % 4;
  return {(0 <= i && i < 2) || (4 <= i && i < 6) ? group : group + 8,
          thread * 2 + (i & 1) + (i >= 4 ? 8 : 0)};
}
Position position_in_b(int lane, int i) {
  return {lane % 4 * 2 + (i & 1) + (i >= 2 ? 8 : 0), lane >> 2};
}
Position position_in_c(int lane, int i) {
  return {(lane >> 2) + (i < 2 ? 0 : 8), lane % 4 * 2 + (i & 1)};
}

template <class T>
struct Fragments {
  std::uint32_t a[kWarpSize][1][4], b[kWarpSize][1][2];
  float c[kWarpSize][1][1][4];
};

// A[i][k] = 1 + (i + 16 k) mod 13 and B[k][j] = 1 + (k + 3 j) mod 7: small integers, whose sums of products
// are exact.
float a_at(Position p) {
  return static_cast<float>(1 + (p.row + 16 * p.column) % 13);
}
float b_at(Position p) {
  return static_cast<float>(1 + (p.row + 3 * p.column) % 7);
}

template <class T>
void check_multiply() {
  struct Pointers {
    Fragments<T>* fragments;
  };
  Fragments<T> f;
  for (int lane = 0; lane < kWarpSize; ++lane) {
    for (int r = 0; r < 4; ++r)
      f.a[lane][0][r] = pack<T>(a_at(position_in_a(lane, 2 * r)), a_at(position_in_a(lane, 2 * r + 1)));
    for (int r = 0; r < 2; ++r)
      f.b[lane][0][r] = pack<T>(b_at(position_in_b(lane, 2 * r)), b_at(position_in_b(lane, 2 * r + 1)));
    for (int i = 0; i < 4; ++i) f.c[lane][0][0][i] = 0.5f;
  }
  const auto found = finding<[](Pointers p) {
    const int lane = thread_index();
    multiply_tile<T>(p.fragments->c[lane], 0, p.fragments->a[lane], p.fragments->b[lane]);
  }>({.memory = {{"fragments", &f, sizeof f, true}}}, Pointers{&f});
  ASSERT_FALSE(found.has_value()) << found->what();
  for (int lane = 0; lane < kWarpSize; ++lane) {
    for (int i = 0; i < 4; ++i) {
      const Position at = position_in_c(lane, i);
      float expected = 0.5f;
      for (int k = 0; k < 16; ++k) expected += a_at({at.row, k}) * b_at({k, at.column});
      EXPECT_EQ(f.c[lane][0][0][i], expected) << lane << " " << i;
    }
  }
}

TEST(MultiplyTile, fragment_layouts_of_both_types) {
  check_multiply<f16>();
  check_multiply<bf16>();
}

TEST(MultiplyTile, subnormal_infinite_and_nan_elements) {
  struct Out {
    std::uint32_t a[1][4], b[1][2];
    float c[kWarpSize][1][1][4];
  };
  // Every element of A is `value`, every element of B is 1, so C is 16 times the value.
  const auto sixteen_times = [](std::uint16_t value) {
    struct Pointers {
      Out* out;
    };
    Out out{};
    for (auto& word : out.a[0]) word = value * 0x10001u;
    for (auto& word : out.b[0]) word = 0x3c003c00u;
    const auto found =
        finding<[](Pointers p) { multiply_tile<f16>(p.out->c[thread_index()], 0, p.out->a, p.out->b); }>(
            {.memory = {{"out", &out, sizeof out, true}}}, Pointers{&out});
    EXPECT_FALSE(found.has_value());
    return out.c[17][0][0][2];
  };
  EXPECT_EQ(sixteen_times(0x0001), 0x1p-20f);
  EXPECT_EQ(sixteen_times(0x8001), -0x1p-20f);
  EXPECT_EQ(sixteen_times(0x7bff), 16 * 65504.0f);
  EXPECT_EQ(sixteen_times(0x7c00), std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(sixteen_times(0x7e00)));
}

TEST(Math, exp2_flushes_subnormals_and_pack_rounds_to_even) {
  EXPECT_EQ(exp2_approx(3.0f), 8.0f);
  EXPECT_EQ(exp2_approx(-126.0f), 0x1p-126f);
  EXPECT_EQ(exp2_approx(-127.0f), 0.0f);
  EXPECT_EQ(exp2_approx(-std::numeric_limits<float>::infinity()), 0.0f);
  EXPECT_TRUE(std::isnan(exp2_approx(std::numeric_limits<float>::quiet_NaN())));
  EXPECT_EQ(pack<f16>(1.0f, -2.0f), 0xc0003c00u);
  EXPECT_EQ(pack<f16>(1.0f + 0x1p-11f, 1.0f + 3 * 0x1p-11f), 0x3c023c00u);  // two ties
  EXPECT_EQ(pack<bf16>(1.0f, -2.0f), 0xc0003f80u);
}

template <auto kKernel>
std::int64_t bank_conflicts() {
  const NoParams params;
  emulator::Plan plan = emulated<kKernel>("test", {{1}, kWarpSize, 1024}, params, {}, Launch{});
  plan.count_bank_conflicts = true;
  return emulator::run(plan).bank_conflicts;
}

TEST(BankConflicts, counts_passes_beyond_the_first) {
  EXPECT_EQ(bank_conflicts<[](NoParams) { SharedMemory().array<int>("row", 256)[thread_index()] = 0; }>(), 0);
  // Eight words of one bank.
  EXPECT_EQ(bank_conflicts<[](NoParams) {
              int* column = SharedMemory().array<int>("column", 256);
              if (thread_index() < 8) column[thread_index() * 32] = 0;
            }>(),
            7);
  // Eight lanes access 16 bytes at a stride of 32: the first and last four of them use the same banks.
  EXPECT_EQ(bank_conflicts<[](NoParams) {
              if (thread_index() < 8)
                store_words<4>(SharedMemory().array<int>("chunks", 256) + thread_index() * 8, {});
            }>(),
            1);
}

}  // namespace
}  // namespace warpgauge::simt
