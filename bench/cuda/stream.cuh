// A CUDA stream and a CUDA event, owned.
#pragma once

#include <cuda_runtime.h>

#include "kernels/cuda/check.h"

namespace warpgauge::bench::cuda {

// Does not wait for the default stream, nor it for this one.
class Stream {
 public:
  Stream() { WARPGAUGE_CUDA_CHECK(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking)); }
  ~Stream() { cudaStreamDestroy(stream_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  operator cudaStream_t() const { return stream_; }
  void synchronize() const { WARPGAUGE_CUDA_CHECK(cudaStreamSynchronize(stream_)); }

 private:
  cudaStream_t stream_ = nullptr;
};

// A point of time on a stream.
class Event {
 public:
  Event() { WARPGAUGE_CUDA_CHECK(cudaEventCreate(&event_)); }
  ~Event() { cudaEventDestroy(event_); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  operator cudaEvent_t() const { return event_; }

 private:
  cudaEvent_t event_ = nullptr;
};

}  // namespace warpgauge::bench::cuda
