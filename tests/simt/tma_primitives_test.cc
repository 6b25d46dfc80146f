// The emulated TMA, compared with values derived by hand from the PTX ISA.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "tests/simt/run_kernel.h"

namespace warpgauge::simt {
namespace {

using testing::HasSubstr;

// A tensor of 16-bit elements with the values 1, 2, 3, ...
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

// Loads one box to shared memory and copies the shared memory to `out`.
template <int kRank>
SIMT_KERNEL(kWarpSize)
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
  for (int i = thread_index(); i < p.elements; i += kWarpSize) p.out[i] = tile[i];
}

template <int kRank>
std::vector<std::uint16_t> loaded_box(const TensorLayout& layout, std::array<int, 4> at,
                                      const std::vector<std::uint16_t>& tensor) {
  int elements = 1;
  for (int d = 0; d < kRank; ++d) elements *= layout.box[static_cast<std::size_t>(d)];
  std::vector<std::uint16_t> out(static_cast<std::size_t>(elements));
  const CopyParams<kRank> params{encode_tensor_map(layout), at, out.data(), elements};
  run_all_schedules<load_box<kRank>>(params, {range("tensor", tensor), range("out", out, true)});
  return out;
}

TEST(TmaLoad, two_dimensions_without_swizzle_with_zeros_outside_the_tensor) {
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

// PTX ISA, figure "128-byte swizzle mode": chunk c of row r is stored at position c xor r.
TEST(TmaLoad, the_128_byte_swizzle_permutes_chunks) {
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

// Writes 100 + i to element i of shared memory, and stores it by TMA.
SIMT_KERNEL(kWarpSize) store_box(SIMT_GRID_CONSTANT const CopyParams<2> p) {
  auto* tile = SharedMemory().array<std::uint16_t>("tile", static_cast<std::size_t>(p.elements), 1024);
  for (int i = thread_index(); i < p.elements; i += kWarpSize) tile[i] = static_cast<std::uint16_t>(100 + i);
  fence_proxy_async();
  syncwarp();
  if (elect_one()) {
    tma_store(p.map, {p.at[0], p.at[1]}, tile);
    tma_store_commit();
    tma_store_wait<0>();
  }
}

TEST(TmaStore, reads_the_swizzle_and_writes_nothing_outside_the_tensor) {
  std::vector<std::uint16_t> tensor(72 * 12);
  const CopyParams<2> params{encode_tensor_map(layout_2d(tensor.data(), 72, 10, 64, 8, Swizzle::bytes_128)),
                             {16, 5},
                             nullptr,
                             64 * 8};
  run_all_schedules<store_box>(params, {range("tensor", tensor, true)});
  for (int row = 0; row < 12; ++row) {
    for (int column = 0; column < 72; ++column) {
      const int r = row - 5, c = column - 16;
      const bool inside = r >= 0 && row < 10 && c >= 0;
      EXPECT_EQ(tensor[row * 72 + column], inside ? 100 + r * 64 + swizzled_chunk(r, c / 8) * 8 + c % 8 : 0);
    }
  }
}

TEST(TensorMap, encode_throws_with_the_violated_rule) {
  alignas(16) std::uint16_t data[64] = {};
  const TensorLayout right = layout_2d(data, 64, 4, 64, 4, Swizzle::bytes_128);
  EXPECT_EQ(tensor_layout_error(right), "");
  const auto with = [&](auto change) {
    TensorLayout layout = right;
    change(layout);
    EXPECT_THROW(encode_tensor_map(layout), std::invalid_argument);
    return tensor_layout_error(layout);
  };
  EXPECT_THAT(with([&](auto& l) { l.data = data + 4; }), HasSubstr("aligned to 16 bytes"));
  EXPECT_THAT(with([](auto& l) { l.data = nullptr; }), HasSubstr("not null"));
  EXPECT_THAT(with([](auto& l) { l.stride_bytes[0] = 136; }),
              HasSubstr("multiples of 16 bytes below 2^40, not 136"));
  EXPECT_THAT(with([](auto& l) { l.box[1] = 257; }),
              HasSubstr("box sizes must be 1 to 256 elements, not 257"));
  EXPECT_THAT(with([](auto& l) { l.box[1] = 0; }), HasSubstr("dimension 1"));
  EXPECT_THAT(with([](auto& l) { l.extent[1] = 0; }), HasSubstr("extents must be 1 to 2^32"));
  EXPECT_THAT(with([](auto& l) { l.rank = 5; }), HasSubstr("rank must be 2 to 4, not 5"));
  EXPECT_THAT(with([](auto& l) { l.box[0] = 128; }),
              HasSubstr("rows must be 128 bytes with the 128-byte swizzle, not 256"));
  EXPECT_THAT(with([](auto& l) { l.box[0] = 4, l.swizzle = Swizzle::none; }),
              HasSubstr("multiple of 16 bytes, not 8"));
  EXPECT_THAT(with([](auto& l) { l.dtype = static_cast<Dtype>(17); }), HasSubstr("f16, bf16 or f32"));
}

}  // namespace
}  // namespace warpgauge::simt
