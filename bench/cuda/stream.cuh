// A CUDA stream and a CUDA event, with ownership, for timing.
#pragma once

#include <cuda_runtime.h>

#include "kernels/cuda_check.h"

namespace warpgauge::bench {

// Synchronizes with the default stream (a blocking stream). Work that a kernel wrongly launches there still
// lies between two events of this stream.
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

// A point in time on a stream.
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
