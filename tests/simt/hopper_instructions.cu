// Uses every sm_90a primitive. Only compiled, never run: instructions_test.cmake searches the PTX and SASS
// for the instructions.
#include "kernels/simt/simt.h"

namespace warpgauge::simt {

struct Params {
  TensorMap map;
  float* out;
};

SIMT_SPECIALIZED_KERNEL(3 * kWarpgroupSize) everything(SIMT_GRID_CONSTANT const Params p) {
  SharedMemory shared;
  auto* tile = shared.array<bf16>("tile", 64 * 256, 1024);
  auto* barrier = shared.array<Mbarrier>("barrier", 1);
  if (thread_index() == 0) {
    mbarrier_init(barrier, 1);
    fence_mbarrier_init();
  }
  syncthreads();
  if (warpgroup_index() == 0) {
    lower_registers<24>();
    if (elect_one()) {
      mbarrier_arrive_expect_tx(barrier, 3 * 8192);
      tma_load(tile, p.map, barrier, {0, 1});
      tma_load(tile, p.map, barrier, {0, 1, 2});
      tma_load(tile, p.map, barrier, {0, 1, 2, 3});
    }
    return;
  }
  raise_registers<240>();
  mbarrier_wait(barrier, 0);
  std::uint32_t registers[4];
  load_matrices<false>(registers, tile + lane_index() * 8);
  const std::uint32_t two[2] = {registers[0], registers[1]}, one[1] = {registers[2]};
  store_matrices<false>(registers, tile + lane_index() * 8);
  store_matrices<true>(registers, tile + lane_index() * 8);
  store_matrices<false>(two, tile + lane_index() * 8);
  store_matrices<true>(two, tile + lane_index() * 8);
  store_matrices<false>(one, tile + lane_index() * 8);
  store_matrices<true>(one, tile + lane_index() * 8);
  fence_proxy_async();
  barrier_sync(1, 2 * kWarpgroupSize);
  if (thread_index() == kWarpgroupSize) {
    tma_store(p.map, {0, 1}, tile);
    tma_store(p.map, {0, 1, 2}, tile);
    tma_store(p.map, {0, 1, 2, 3}, tile);
    tma_store_commit();
    tma_store_wait_read<0>();
    tma_store_wait<0>();
    mbarrier_arrive(barrier);
    mbarrier_invalidate(barrier);
  }
}

// A in shared memory and in registers. N = 2 kRegisters.
template <class T, int kRegisters>
SIMT_SPECIALIZED_KERNEL(kWarpgroupSize)
product(float* out) {
  auto* tile = SharedMemory().array<T>("tile", 64 * 256, 1024);
  float d[kRegisters];
  const std::uint32_t a[4] = {1, 2, 3, 4};
  wgmma_fence();
  wgmma<T>(d, k_major(tile), k_major(tile), false);
  wgmma<T>(d, mn_major(tile, 0), mn_major(tile, 8192), true);
  wgmma<T>(d, a, mn_major(tile, 8192), true);
  wgmma_commit();
  wgmma_wait<0>();
  pin_registers(d);
  SIMT_UNROLL
  for (int i = 0; i < kRegisters; ++i) out[i * kWarpgroupSize + thread_index()] = d[i];
}

// All N: 8 to 256 in steps of 8.
template <int kQuads>
void instantiate() {
  if constexpr (kQuads > 0) {
    product<f16, 4 * kQuads><<<1, kWarpgroupSize>>>(nullptr);
    product<bf16, 4 * kQuads><<<1, kWarpgroupSize>>>(nullptr);
    instantiate<kQuads - 1>();
  }
}
template void instantiate<32>();

}  // namespace warpgauge::simt
