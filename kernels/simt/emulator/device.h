// The interface between the primitives and the emulator. Each function acts for the device thread that runs
// on this OS thread. On a finding it ends the block and does not return.
//
// Only functions that work on registers are inlined, since kernel code is instrumented.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/simt/emulator/tensor_map.h"
#include "kernels/simt/site.h"

namespace warpgauge::simt::emulator {

int thread_index();
int block_index(int axis);  // 0 x, 1 y, 2 z
int grid_size(int axis);

// The shared array of `bytes` at `offset` of the kernel's layout.
void* allocate_shared(const char* name, std::size_t offset, std::size_t bytes, std::size_t alignment,
                      Site site);

void block_barrier(Site site);
void named_barrier(int id, int threads, bool wait, Site site);
void warp_barrier(Site site);
void device_fence();

enum class Shuffle { exclusive_or, index, up, down };
std::uint32_t shuffle(Shuffle kind, std::uint32_t value, int argument, Site site);
std::uint32_t ballot(bool predicate, Site site);
enum class Reduction { add, min, max };
std::uint32_t reduce(Reduction kind, std::uint32_t value, Site site);

void copy_async(void* shared, const void* global, int bytes, int source_bytes, Site site);
void copy_async_commit();
void copy_async_wait(int groups);

void mbarrier_init(void* barrier, int count, Site site);
void mbarrier_invalidate(void* barrier, Site site);
void fence_mbarrier_init();
void mbarrier_arrive(void* barrier, std::int64_t bytes, Site site);
void mbarrier_wait(void* barrier, int parity, Site site);
void fence_proxy_async();

// `at`: the `rank` coordinates of the box's first element, the innermost first.
void tma_load(void* shared, const TensorMap& map, void* barrier, const int* at, int rank, Site site);
void tma_store(const TensorMap& map, const int* at, int rank, const void* shared, Site site);
void tma_store_commit();
void tma_store_wait(int groups);

// Matrix A or B of a wgmma in shared memory, in the 128-byte swizzle.
struct SharedOperand {
  const void* start = nullptr;
  int leading_bytes = 0;
  int stride_bytes = 0;
  bool mn_major = false;
  bool operator==(const SharedOperand&) const = default;
};
// One lane's operands of a wgmma.m64nNk16.
struct Wgmma {
  float* d;                          // [columns / 2]
  int columns;                       // N
  const std::uint32_t* a_registers;  // [4]; null: A is in shared memory
  SharedOperand a, b;
  bool accumulate;
};
template <class T>
void wgmma(const Wgmma& operands, Site site);  // f16, bf16
void wgmma_fence(Site site);
void wgmma_commit(Site site);
void wgmma_wait(int groups, Site site);

void set_max_registers(int count, bool increase, Site site);
bool elect_one(Site site);

void store_matrices(const std::uint32_t* registers, int count, bool transposed, void* row, Site site);
void load_matrices(std::uint32_t* registers, int count, bool transposed, const void* row, Site site);

// One lane's fragments of a tile of mma.m16n8k16 products.
struct TileOperands {
  float (*c)[4];  // [rows, columns], rows c_stride apart
  int c_stride;
  const std::uint32_t (*a)[4];  // [rows]
  const std::uint32_t (*b)[2];  // [columns]
  int rows;
  int columns;
};
template <class T>
void multiply_tile(const TileOperands& operands, Site site);  // f16, bf16

void load(void* to, const void* address, std::size_t bytes, Site site);
void store(void* address, const void* from, std::size_t bytes, Site site);

std::uint32_t atomic_load(const void* address, Site site);
bool atomic_replace(void* address, std::uint32_t& expected, std::uint32_t desired);

template <class T>
SIMT_DEVICE std::uint32_t to_bits(T value) {
  static_assert(sizeof(T) == sizeof(std::uint32_t));
  return __builtin_bit_cast(std::uint32_t, value);
}

template <class T>
SIMT_DEVICE T bits_to(std::uint32_t bits) {
  return __builtin_bit_cast(T, bits);
}

template <class T, class Update>
SIMT_DEVICE T atomic_update(T* address, Update update, Site site) {
  std::uint32_t before = atomic_load(address, site);
  while (!atomic_replace(address, before, to_bits(update(bits_to<T>(before))))) {
  }
  return bits_to<T>(before);
}

}  // namespace warpgauge::simt::emulator
