// The two targets of a device kernel: a GPU (nvcc) and the emulator (the host compiler).
#pragma once

#include "kernels/backend.h"

#if defined(__CUDACC__)

#define SIMT_DEVICE __device__ __forceinline__
#define SIMT_KERNEL(threads) __global__ void __launch_bounds__(threads)
// A warp-specialised kernel that uses setmaxnreg: one block per multiprocessor.
#define SIMT_SPECIALIZED_KERNEL(threads) __global__ void __launch_bounds__(threads, 1)
#define SIMT_UNROLL _Pragma("unroll")
#define SIMT_GRID_CONSTANT __grid_constant__  // for a kernel parameter that holds tensor maps
#define SIMT_SYMBOL(name) cuda_##name         // the variable of type Kernel that a source defines

// An instruction of sm_90a. Compiled for other architectures it is a trap. Kernels that use it are not
// launched there (launch.h, sm90a_unsupported_reason).
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
#define SIMT_SM90_ASM(...) asm volatile(__VA_ARGS__)
#else
#define SIMT_SM90_ASM(...) __trap()
#endif

namespace warpgauge::simt {
inline constexpr Backend kBackend = Backend::cuda;
}

#else

// Always inlined: otherwise the linker could choose an instrumented copy of a primitive for all callers.
#define SIMT_DEVICE [[gnu::always_inline]] inline
#define SIMT_KERNEL(threads) inline void
#define SIMT_SPECIALIZED_KERNEL(threads) inline void
#define SIMT_UNROLL
#define SIMT_GRID_CONSTANT
#if !defined(SIMT_SYMBOL)  // tests compile a source several times, with different symbols
#define SIMT_SYMBOL(name) simt_##name
#endif

namespace warpgauge::simt {
inline constexpr Backend kBackend = Backend::simt;
}

#endif

// Declares the cluster size that a kernel needs. A size other than one block is a compile error.
#define SIMT_CLUSTER(x, y, z)                                                                         \
  static_assert((x) == 1 && (y) == 1 && (z) == 1,                                                     \
                "kernels/simt does not support clusters: no distributed shared memory, no multicast " \
                "and no cluster barriers")
