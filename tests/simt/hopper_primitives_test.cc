// Emulated sm_90a primitives other than TMA and wgmma, compared with values derived by hand from the PTX ISA.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simt/run_kernel.h"

namespace warpgauge::simt {
namespace {

// Four phases of an mbarrier with 64 arrivals. Writes before an arrival must be visible after the wait.
TEST(Mbarrier, phases_alternate_and_order_accesses) {
  struct Out {
    int sums[64];
  };
  Out out{};
  struct Params {
    Out* out;
  };
  run_all_schedules<[](Params p) {
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
    mbarrier_wait(barrier, 1);  // must not block: the phase before the current one
    p.out->sums[thread_index()] = sum;
    syncthreads();
    if (thread_index() == 0) mbarrier_invalidate(barrier);
    syncthreads();
    if (thread_index() == 63) mbarrier_init(barrier, 1);
  }>(Params{&out}, {{"out", &out, sizeof out, true}}, 64);
  for (int i = 0; i < 64; ++i) EXPECT_EQ(out.sums[i], 600 + 4 * (i ^ 33));
}

// PTX ISA, stmatrix: the inverse of ldmatrix. Lanes 8m..8m+7 pass the addresses of matrix m's rows. A lane's
// register m holds elements (lane / 4, lane % 4 * 2) and the next of the row. With .trans row and column are
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
  run_all_schedules<[](Params p) {
    auto* elements = SharedMemory().array<std::uint16_t>("elements", 256);
    const int lane = thread_index();
    std::uint32_t registers[kCount];
    for (int m = 0; m < kCount; ++m)
      registers[m] = static_cast<std::uint32_t>((m * 64 + 2 * lane + 1) << 16 | (m * 64 + 2 * lane));
    store_matrices<kTransposed>(registers, elements + lane * 8);
    syncwarp();
    for (int i = lane; i < kCount * 64; i += kWarpSize) p.out->elements[i] = elements[i];
  }>(Params{&out}, {{"out", &out, sizeof out, true}});
  for (int i = 0; i < kCount * 64; ++i) {
    const int m = i / 64, row = i % 64 / 8, column = i % 8;
    EXPECT_EQ(out.elements[i], m * 64 + (kTransposed ? column * 8 + row : row * 8 + column)) << i;
  }
}

TEST(StoreMatrices, one_two_and_four_matrices_plain_and_transposed) {
  check_store_matrices<false, 1>();
  check_store_matrices<false, 2>();
  check_store_matrices<false, 4>();
  check_store_matrices<true, 1>();
  check_store_matrices<true, 2>();
  check_store_matrices<true, 4>();
}

TEST(ElectOne, elects_one_lane_and_the_same_at_each_call) {
  struct Out {
    int elected[kWarpSize];
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

TEST(Ids, warpgroup_indices) {
  struct Out {
    int group[256];
  };
  struct Params {
    Out* out;
  };
  Out out{};
  run_all_schedules<[](Params p) { p.out->group[thread_index()] = warpgroup_index(); }>(
      Params{&out}, {{"out", &out, sizeof out, true}}, 256);
  for (int i = 0; i < 256; ++i) EXPECT_EQ(out.group[i], i / kWarpgroupSize);
}

TEST(Cluster, of_one_block_compiles) {
  SIMT_CLUSTER(1, 1, 1);
}

}  // namespace
}  // namespace warpgauge::simt
