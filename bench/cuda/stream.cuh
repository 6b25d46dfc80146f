// A CUDA stream and a CUDA event, owned, to measure time with.
#pragma once

#include <cuda_runtime.h>

#include "kernels/cuda_check.h"

namespace warpgauge::bench {

// Waits for the default stream, and that for it: what a kernel puts there instead of here still falls between
// two events of this stream.
class TimedStream {
 public:
  TimedStream() { WARPGAUGE_CUDA_CHECK(cudaStreamCreate(&stream_)); }
  ~TimedStream() { cudaStreamDestroy(stream_); }
  TimedStream(const TimedStream&) = delete;
  TimedStream& operator=(const TimedStream&) = delete;
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

}  // namespace warpgauge::bench
