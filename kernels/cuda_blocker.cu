#include "kernels/cuda_blocker.cuh"

#include "kernels/cuda_check.h"

namespace warpgauge::cuda {

static __global__ void spin(volatile BlockerFlags* flags, unsigned long long limit_ns) {
  unsigned long long begin, now;
  asm volatile("mov.u64 %0, %globaltimer;" : "=l"(begin));
  do {
    asm volatile("mov.u64 %0, %globaltimer;" : "=l"(now));
    if (now - begin > limit_ns) {
      flags->gave_up = 1;
      __threadfence_system();
      return;
    }
  } while (!flags->released);
}

Blocker::Blocker() {
  void* memory = nullptr;
  WARPGAUGE_CUDA_CHECK(cudaHostAlloc(&memory, sizeof(BlockerFlags), cudaHostAllocMapped));
  flags_ = static_cast<volatile BlockerFlags*>(memory);
  WARPGAUGE_CUDA_CHECK(cudaHostGetDevicePointer(reinterpret_cast<void**>(&device_flags_), memory, 0));
}

Blocker::~Blocker() {
  cudaFreeHost(const_cast<BlockerFlags*>(flags_));
}

void Blocker::hold(cudaStream_t stream, double limit_seconds) {
  flags_->released = 0;
  flags_->gave_up = 0;
  spin<<<1, 1, 0, stream>>>(device_flags_, static_cast<unsigned long long>(limit_seconds * 1e9));
  WARPGAUGE_CUDA_CHECK(cudaGetLastError());
}

void Blocker::release() {
  flags_->released = 1;
}

bool Blocker::gave_up() const {
  return flags_->gave_up != 0;
}

Hold::Hold(Blocker& blocker, cudaStream_t stream, double limit_seconds) : blocker_(blocker), stream_(stream) {
  blocker_.hold(stream, limit_seconds);
}

Hold::~Hold() {
  if (!held_) return;
  release();
  cudaStreamSynchronize(stream_);
}

void Hold::release() {
  held_ = false;
  blocker_.release();
}

}  // namespace warpgauge::cuda
