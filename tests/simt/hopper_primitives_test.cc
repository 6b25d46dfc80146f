// The emulated primitives of sm_90 against vectors derived by hand from the PTX ISA's tables and figures.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "tests/simt/run_kernel.h"

namespace warpgauge::simt {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t kSeeds[] = {0, 1, 2, 3, 5, 8};  // copies late, eager and at random

template <auto kKernel, class Params>
void run_all_ways(const Params& params, std::vector<GlobalRange> memory, int threads = 32,
                  std::size_t shared_bytes = 120 * 1024) {
  for (std::uint64_t seed : kSeeds) {
    const auto found = finding<kKernel>(
        {.threads = threads, .shared_bytes = shared_bytes, .seed = seed, .memory = memory}, params);
    ASSERT_FALSE(found.has_value()) << found->what();
  }
}

// A row-major tensor of 16-bit elements that each hold their own index, from 1 on.
std::vector<std::uint16_t> counted(std::int64_t elements) {
  std::vector<std::uint16_t> values(static_cast<std::size_t>(elements) + 8);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::uint16_t>(i + 1);
  return values;
}

GlobalRange range(const char* name, const std::vector<std::uint16_t>& values, bool writable = false) {
  return {name, values.data(), 2 * values.size(), writable};
}

TensorLayout layout_2d(const void* data, std::int64_t columns, std::int64_t rows, int box_columns,
                       int box_rows, Swizzle swizzle) {
  return {.data = data,
          .dtype = Dtype::f16,
          .rank = 2,
          .extent = {columns, rows},
          .stride_bytes = {2 * columns},
          .box = {box_columns, box_rows},
          .swizzle = swizzle};
}

template <int kRank>
struct CopyParams {
  TensorMap map;
  std::array<int, 4> at;
  std::uint16_t* out;
  int elements;  // of the box
};

// Copies one box into shared memory and hands it out as it lies there.
template <int kRank>
SIMT_KERNEL(32)
load_box(SIMT_GRID_CONSTANT const CopyParams<kRank> p) {
  SharedMemory shared;
  auto* tile = shared.array<std::uint16_t>("tile", static_cast<std::size_t>(p.elements), 1024);
  auto* full = shared.array<Mbarrier>("full", 1);
  int at[kRank];
  for (int d = 0; d < kRank; ++d) at[d] = p.at[static_cast<std::size_t>(d)];
  if (thread_index() == 0) {
    mbarrier_init(full, 1);
    fence_mbarrier_init();
    mbarrier_arrive_expect_tx(full, 2 * p.elements);
    tma_load(tile, p.map, full, at);
  }
  syncwarp();
  mbarrier_wait(full, 0);
  for (int i = thread_index(); i < p.elements; i += 32) p.out[i] = tile[i];
}

template <int kRank>
std::vector<std::uint16_t> loaded_box(const TensorLayout& layout, std::array<int, 4> at,
                                      const std::vector<std::uint16_t>& tensor) {
  int elements = 1;
  for (int d = 0; d < kRank; ++d) elements *= layout.box[static_cast<std::size_t>(d)];
  std::vector<std::uint16_t> out(static_cast<std::size_t>(elements));
  const CopyParams<kRank> params{encode_tensor_map(layout), at, out.data(), elements};
  run_all_ways<load_box<kRank>>(params, {range("tensor", tensor), range("out", out, true)});
  return out;
}

TEST(TmaLoad, two_dimensions_dense_with_zeros_outside) {
  const auto tensor = counted(24 * 5);
  const auto layout = layout_2d(tensor.data(), 24, 5, 16, 4, Swizzle::none);
  const auto inside = loaded_box<2>(layout, {8, 1}, tensor);
  const auto after = loaded_box<2>(layout, {16, 3}, tensor);
  const auto before = loaded_box<2>(layout, {-3, -1}, tensor);
  for (int row = 0; row < 4; ++row) {
    for (int column = 0; column < 16; ++column) {
      const int i = row * 16 + column;
      EXPECT_EQ(inside[i], (row + 1) * 24 + column + 8 + 1);
      EXPECT_EQ(after[i], row + 3 < 5 && column + 16 < 24 ? (row + 3) * 24 + column + 16 + 1 : 0);
      EXPECT_EQ(before[i], row >= 1 && column >= 3 ? (row - 1) * 24 + column - 3 + 1 : 0);
    }
  }
}

// PTX ISA, figure "128-byte swizzle mode": in row r of eight, chunk c of 16 bytes lies at c xor r.
TEST(TmaLoad, the_swizzle_exchanges_chunks_within_eight_rows) {
  const auto tensor = counted(64 * 16);
  const auto tile =
      loaded_box<2>(layout_2d(tensor.data(), 64, 16, 64, 16, Swizzle::bytes_128), {0, 0}, tensor);
  // Row 3 of the figure: chunks 0 1 2 3 4 5 6 7 hold 3 2 1 0 7 6 5 4.
  constexpr int kThirdRow[] = {3, 2, 1, 0, 7, 6, 5, 4};
  for (int chunk = 0; chunk < 8; ++chunk)
    EXPECT_EQ(tile[3 * 64 + chunk * 8], 3 * 64 + kThirdRow[chunk] * 8 + 1);
  for (int row = 0; row < 16; ++row)
    for (int column = 0; column < 64; ++column)
      EXPECT_EQ(tile[row * 64 + swizzled_chunk(row, column / 8) * 8 + column % 8], row * 64 + column + 1);
}

TEST(TmaLoad, three_and_four_dimensions) {
  const auto tensor = counted(5 * 3 * 4 * 16);  // [5, 3, 4, 16]
  TensorLayout layout{.data = tensor.data(),
                      .dtype = Dtype::bf16,
                      .rank = 4,
                      .extent = {16, 4, 3, 5},
                      .stride_bytes = {32, 4 * 32, 12 * 32},
                      .box = {8, 2, 2, 1},
                      .swizzle = Swizzle::none};
  const auto four = loaded_box<4>(layout, {8, 1, 2, 4}, tensor);
  layout.rank = 3;
  const auto three = loaded_box<3>(layout, {0, 3, 1, 0}, tensor);
  for (int i = 0; i < 32; ++i) {
    const int x = i % 8, y = i / 8 % 2, z = i / 16;
    EXPECT_EQ(four[i], z + 2 < 3 ? ((4 * 3 + z + 2) * 4 + y + 1) * 16 + x + 8 + 1 : 0);
    EXPECT_EQ(three[i], y + 3 < 4 ? ((z + 1) * 4 + y + 3) * 16 + x + 1 : 0);
  }
}

// Writes a box of 100 + its index in shared memory through TMA.
SIMT_KERNEL(32) store_box(SIMT_GRID_CONSTANT const CopyParams<2> p) {
  auto* tile = SharedMemory().array<std::uint16_t>("tile", static_cast<std::size_t>(p.elements), 1024);
  for (int i = thread_index(); i < p.elements; i += 32) tile[i] = static_cast<std::uint16_t>(100 + i);
  fence_proxy_async();
  syncwarp();
  if (elect_one()) {
    tma_store(p.map, {p.at[0], p.at[1]}, tile);
    tma_store_commit();
    tma_store_wait<0>();
  }
}

TEST(TmaStore, undoes_the_swizzle_and_writes_nothing_outside) {
  std::vector<std::uint16_t> tensor(72 * 12);
  const CopyParams<2> params{encode_tensor_map(layout_2d(tensor.data(), 72, 10, 64, 8, Swizzle::bytes_128)),
                             {16, 5},
                             nullptr,
                             64 * 8};
  run_all_ways<store_box>(params, {range("tensor", tensor, true)});
  for (int row = 0; row < 12; ++row) {
    for (int column = 0; column < 72; ++column) {
      const int r = row - 5, c = column - 16;
      const bool inside = r >= 0 && row < 10 && c >= 0;
      EXPECT_EQ(tensor[row * 72 + column], inside ? 100 + r * 64 + swizzled_chunk(r, c / 8) * 8 + c % 8 : 0);
    }
  }
}

TEST(TensorMap, says_what_is_wrong_with_a_layout) {
  alignas(16) std::uint16_t data[64] = {};
  const TensorLayout right = layout_2d(data, 64, 4, 64, 4, Swizzle::bytes_128);
  EXPECT_EQ(tensor_layout_error(right), "");
  const auto with = [&](auto change) {
    TensorLayout layout = right;
    change(layout);
    EXPECT_THROW(encode_tensor_map(layout), std::invalid_argument);
    return tensor_layout_error(layout);
  };
  EXPECT_THAT(with([&](auto& l) { l.data = data + 4; }), HasSubstr("multiple of 16 bytes"));
  EXPECT_THAT(with([](auto& l) { l.data = nullptr; }), HasSubstr("multiple of 16 bytes"));
  EXPECT_THAT(with([](auto& l) { l.stride_bytes[0] = 136; }),
              HasSubstr("multiples of 16 bytes below 2^40, not 136"));
  EXPECT_THAT(with([](auto& l) { l.box[1] = 257; }),
              HasSubstr("1 to 256 elements along a dimension, not 257"));
  EXPECT_THAT(with([](auto& l) { l.box[1] = 0; }), HasSubstr("dimension 1"));
  EXPECT_THAT(with([](auto& l) { l.extent[1] = 0; }), HasSubstr("extents are 1 to 2^32"));
  EXPECT_THAT(with([](auto& l) { l.rank = 5; }), HasSubstr("2 to 4 dimensions, not 5"));
  EXPECT_THAT(with([](auto& l) { l.box[0] = 128; }), HasSubstr("rows must take 128 bytes, not 256"));
  EXPECT_THAT(with([](auto& l) { l.box[0] = 4, l.swizzle = Swizzle::none; }),
              HasSubstr("multiple of 16 bytes, not 8"));
  EXPECT_THAT(with([](auto& l) { l.dtype = static_cast<Dtype>(17); }), HasSubstr("f16, bf16 or f32"));
}

// Four phases of a barrier with two arrivals: what came before an arrival is seen after the wait.
TEST(Mbarrier, phases_alternate_and_order) {
  struct Out {
    int sums[64];
  };
  Out out{};
  struct Params {
    Out* out;
  };
  run_all_ways<[](Params p) {
    SharedMemory shared;
    auto* values = shared.array<int>("values", 64);
    auto* barrier = shared.array<Mbarrier>("barrier", 1);
    if (thread_index() == 0) mbarrier_init(barrier, 64);
    syncthreads();
    int sum = 0;
    for (int phase = 0; phase < 4; ++phase) {
      values[thread_index()] = phase * 100 + thread_index();
      mbarrier_arrive(barrier);
      mbarrier_wait(barrier, phase % 2);
      sum += values[thread_index() ^ 33];
      syncthreads();
    }
    mbarrier_wait(barrier, 1);  // the phase before the one under way
    p.out->sums[thread_index()] = sum;
    syncthreads();
    if (thread_index() == 0) mbarrier_invalidate(barrier);
    syncthreads();
    if (thread_index() == 63) mbarrier_init(barrier, 1);
  }>(Params{&out}, {{"out", &out, sizeof out, true}}, 64);
  for (int i = 0; i < 64; ++i) EXPECT_EQ(out.sums[i], 600 + 4 * (i ^ 33));
}

// PTX ISA, "Matrix-descriptor format": start 0x12340 >> 4 at bit 0, leading 8192 >> 4 at 16, stride 1024 >> 4
// at 32, mode 1 at 62; addresses wrap at 18 bits.
TEST(Wgmma, descriptor) {
  EXPECT_EQ(matrix_descriptor(0x12340, 8192, 1024), 0x4000'0040'0200'1234u);
  EXPECT_EQ(matrix_descriptor(0x4'0000 + 0x400, 16, 2048), 0x4000'0080'0001'0040u);
}

// A[i][k] = 1 + (i + 16 k) mod 13, B[k][j] = 1 + (k + 3 j) mod 7: sums of products are exact.
constexpr float a_at(int i, int k) {
  return static_cast<float>(1 + (i + 16 * k) % 13);
}
constexpr float b_at(int k, int j) {
  return static_cast<float>(1 + (k + 3 * j) % 7);
}

// Element (row, depth) of a tile: K-major rows of 64 deep, or MN-major rows of 64 rows' elements, tiles of 64
// following each other after `panel` elements.
template <Major kMajor>
constexpr int place(int row, int k, int panel) {
  const int line = kMajor == Major::k ? row : k, at = kMajor == Major::k ? k : row;
  return at / 64 * panel + line * 64 + swizzled_chunk(line, at % 64 / 8) * 8 + at % 8;
}

struct ProductOut {
  float d[128][128];  // [thread, register]
};
struct ProductParams {
  ProductOut* out;
};

// D = A B + 0.5 for 64 x N x 32, A and B in tiles with 64 of depth of which the last 32 are used.
template <class T, Major kMajorA, Major kMajorB, int kColumns, bool kRegistersA>
SIMT_KERNEL(128)
multiply(ProductParams p) {
  constexpr int kPanelB = 64 * 64;
  SharedMemory shared;
  T* a = shared.array<T>("A", 64 * 64, 1024);
  T* b = shared.array<T>("B", (kMajorB == Major::k ? kColumns * 64 : (kColumns + 63) / 64 * kPanelB), 1024);
  const int thread = thread_index();
  for (int i = thread; i < 64 * 64; i += 128) a[place<kMajorA>(i % 64, i / 64, 0)] = T(a_at(i % 64, i / 64));
  for (int i = thread; i < (kColumns + 63) / 64 * 64 * 64; i += 128) {
    const int j = i / 64, k = i % 64;
    if (kMajorB == Major::mn || j < kColumns) b[place<kMajorB>(j, k, kPanelB)] = T(b_at(k, j));
  }
  fence_proxy_async();
  syncthreads();
  float d[kColumns / 2];
  for (float& sum : d) sum = 0.5f;
  // Two steps of 16, at depth 32 and 48.
  std::uint32_t fragments[2][4];
  for (int step = 0; step < 2; ++step) {
    for (int r = 0; r < 4; ++r) {
      const int lane = thread % 32, i = thread / 32 * 16 + lane / 4 + r % 2 * 8;
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

// PTX ISA, "Register Fragments for wgmma.mma_async", D: thread t of the warpgroup holds d[i] of
// row = 16 (t / 32) + (t % 32) / 4 + 8 ((i / 2) % 2), column = 8 (i / 4) + 2 (t % 4) + i % 2.
template <class T, Major kMajorA, Major kMajorB, int kColumns, bool kRegistersA = false>
void check_product() {
  SCOPED_TRACE(testing::Message() << "N " << kColumns << ", A " << (kMajorA == Major::k ? "k" : "mn")
                                  << ", B " << (kMajorB == Major::k ? "k" : "mn")
                                  << (kRegistersA ? ", registers" : ""));
  static ProductOut out;
  run_all_ways<multiply<T, kMajorA, kMajorB, kColumns, kRegistersA>>(ProductParams{&out},
                                                                     {{"out", &out, sizeof out, true}}, 128);
  for (int t = 0; t < 128; ++t) {
    for (int i = 0; i < kColumns / 2; ++i) {
      const int row = 16 * (t / 32) + t % 32 / 4 + 8 * (i / 2 % 2),
                column = 8 * (i / 4) + 2 * (t % 4) + i % 2;
      float expected = 0.5f;
      for (int k = 32; k < 64; ++k) expected += a_at(row, k) * b_at(k, column);
      ASSERT_EQ(out.d[t][i], expected) << "thread " << t << ", register " << i;
    }
  }
}

TEST(Wgmma, fragments_and_layouts) {
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

// PTX ISA, stmatrix: the reverse of ldmatrix. Matrix m's rows go where lanes 8m..8m+7 say; a lane's register
// m holds elements (lane / 4, lane % 4 * 2) and the next of the row; with .trans row and column are
// exchanged.
template <bool kTransposed, int kCount>
void check_store_matrices() {
  struct Out {
    std::uint16_t elements[256];
  };
  struct Params {
    Out* out;
  };
  Out out{};
  run_all_ways<[](Params p) {
    auto* elements = SharedMemory().array<std::uint16_t>("elements", 256);
    const int lane = thread_index();
    std::uint32_t registers[kCount];
    for (int m = 0; m < kCount; ++m)
      registers[m] = static_cast<std::uint32_t>((m * 64 + 2 * lane + 1) << 16 | (m * 64 + 2 * lane));
    store_matrices<kTransposed>(registers, elements + lane * 8);
    syncwarp();
    for (int i = lane; i < kCount * 64; i += 32) p.out->elements[i] = elements[i];
  }>(Params{&out}, {{"out", &out, sizeof out, true}});
  for (int i = 0; i < kCount * 64; ++i) {
    const int m = i / 64, row = i % 64 / 8, column = i % 8;
    EXPECT_EQ(out.elements[i], m * 64 + (kTransposed ? column * 8 + row : row * 8 + column)) << i;
  }
}

TEST(StoreMatrices, plain_and_transposed_one_two_and_four) {
  check_store_matrices<false, 1>();
  check_store_matrices<false, 2>();
  check_store_matrices<false, 4>();
  check_store_matrices<true, 1>();
  check_store_matrices<true, 2>();
  check_store_matrices<true, 4>();
}

TEST(ElectOne, is_one_lane_and_the_same_each_time) {
  struct Out {
    int elected[32];
  };
  struct Params {
    Out* out;
  };
  for (std::uint64_t seed : kSeeds) {
    Out out{};
    const auto found =
        finding<[](Params p) { p.out->elected[thread_index()] = elect_one() + 2 * elect_one(); }>(
            {.seed = seed, .memory = {{"out", &out, sizeof out, true}}}, Params{&out});
    ASSERT_FALSE(found.has_value()) << found->what();
    int sum = 0;
    for (int elected : out.elected) {
      EXPECT_THAT(elected, testing::AnyOf(0, 3));
      sum += elected;
    }
    EXPECT_EQ(sum, 3);
  }
}

TEST(Ids, of_warpgroups) {
  struct Out {
    int group[256];
  };
  struct Params {
    Out* out;
  };
  Out out{};
  run_all_ways<[](Params p) { p.out->group[thread_index()] = warpgroup_index(); }>(
      Params{&out}, {{"out", &out, sizeof out, true}}, 256);
  for (int i = 0; i < 256; ++i) EXPECT_EQ(out.group[i], i / 128);
}

TEST(Cluster, of_one_block_may_be_written_down) {
  SIMT_CLUSTER(1, 1, 1);
}

}  // namespace
}  // namespace warpgauge::simt
