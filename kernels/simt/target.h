// The two machines that a device kernel is compiled for: a GPU (nvcc) and the emulator (the host compiler).
#pragma once

#include "kernels/backend.h"

#if defined(__CUDACC__)

#define SIMT_DEVICE __device__ __forceinline__
#define SIMT_KERNEL(threads) __global__ void __launch_bounds__(threads)
// A kernel that moves registers between its warpgroups: one block on a multiprocessor.
#define SIMT_SPECIALIZED_KERNEL(threads) __global__ void __launch_bounds__(threads, 1)
#define SIMT_UNROLL _Pragma("unroll")
#define SIMT_GRID_CONSTANT __grid_constant__  // of a kernel's parameter that holds tensor maps
#define SIMT_SYMBOL(name) cuda_##name         // of the `Kernel` that a source defines

// An instruction of sm_90a. In the other architectures of a program that holds several it is a trap: they are
// not launched there (launch.h, machine_is_not_hopper).
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
#define SIMT_SM90_ASM(...) asm volatile(__VA_ARGS__)
#else
#define SIMT_SM90_ASM(...) __trap()
#endif

namespace warpgauge::simt {
inline constexpr Backend kBackend = Backend::cuda;
}

#else

// Inlined always, so that no instrumented copy of a primitive is left for the linker to choose.
#define SIMT_DEVICE [[gnu::always_inline]] inline
#define SIMT_KERNEL(threads) inline void
#define SIMT_SPECIALIZED_KERNEL(threads) inline void
#define SIMT_UNROLL
#define SIMT_GRID_CONSTANT
#if !defined(SIMT_SYMBOL)  // tests compile a source more than once
#define SIMT_SYMBOL(name) simt_##name
#endif

namespace warpgauge::simt {
inline constexpr Backend kBackend = Backend::simt;
}

#endif

// The size of a kernel's clusters, before the kernel. Written down so that a kernel which needs larger ones
// says so to the compiler, and not to the one who waits for it.
#define SIMT_CLUSTER(x, y, z)                                                                           \
  static_assert((x) == 1 && (y) == 1 && (z) == 1,                                                       \
                "kernels/simt has no clusters: no distributed shared memory, no multicast, no cluster " \
                "barriers; a block is all that the emulator runs at a time")
