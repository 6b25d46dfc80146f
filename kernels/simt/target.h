// The two machines that a device kernel is compiled for: a GPU (nvcc) and the emulator (the host compiler).
#pragma once

#include "kernels/backend.h"

#if defined(__CUDACC__)

#define SIMT_DEVICE __device__ __forceinline__
#define SIMT_KERNEL(threads) __global__ void __launch_bounds__(threads)
#define SIMT_UNROLL _Pragma("unroll")
#define SIMT_SYMBOL(name) cuda_##name  // of the `Kernel` that a source defines

namespace warpgauge::simt {
inline constexpr Backend kBackend = Backend::cuda;
}

#else

// Inlined always, so that no instrumented copy of a primitive is left for the linker to choose.
#define SIMT_DEVICE [[gnu::always_inline]] inline
#define SIMT_KERNEL(threads) inline void
#define SIMT_UNROLL
#if !defined(SIMT_SYMBOL)  // tests compile a source more than once
#define SIMT_SYMBOL(name) simt_##name
#endif

namespace warpgauge::simt {
inline constexpr Backend kBackend = Backend::simt;
}

#endif
