// What PTX text can contain: variables with initial values, calls, recursion, printf, inline assembly.
// mixed.ptx: nvcc 13.0 -std=c++20 -arch=compute_80 -ptx -lineinfo mixed.cu
#include <cassert>
#include <cstdio>

__constant__ float table[4] = {1, 2, 3, 4};
__device__ int counter = 7;
__device__ double large[3];
__device__ double* pointer = large + 1;

struct Numbers {
  int n;
  double d[3];
};

__device__ __noinline__ int fibonacci(int n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

__device__ int add_to_counter(int n) {
  return atomicAdd(&counter, n);
}

__global__ void __launch_bounds__(128, 2) mixed(Numbers p, int* out) {
  __shared__ int tile[128];
  extern __shared__ float dynamic[];
  tile[threadIdx.x] = p.n;
  __syncthreads();
  if (threadIdx.x == 3) printf("%d %f\n", p.n, p.d[out[1] & 1]);
  assert(p.n > 0);
  int w = __shfl_xor_sync(~0u, tile[127 - threadIdx.x], 1) + add_to_counter(p.n);
  out[threadIdx.x] = w + fibonacci(p.n) + (int)table[p.n & 3] + (int)dynamic[w] + (int)*pointer;
  asm volatile(
      "{ .reg .pred q; .reg .b32 t; mov.b32 t, 4; setp.ne.s32 q, %0, 0; @!q bra L_%=;\n"
      "mov.b32 t, 5; L_%=: st.global.b32 [%1+8], t; }" ::"r"(w),
      "l"(out));
}

template <class T>
__global__ void divide(T* x) {
  x[1] = x[0] / x[2];
}
template __global__ void divide<double>(double*);
template __global__ void divide<long long>(long long*);
