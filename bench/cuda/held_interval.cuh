// The time of what is queued on a stream while the stream is held: neither the launches' own cost nor the
// host's hiccups are in it.
#pragma once

#include <stdexcept>
#include <string>

#include "bench/cuda/stream.cuh"
#include "kernels/cuda_blocker.cuh"

namespace warpgauge::bench {

class HeldInterval {
 public:
  const TimedStream& stream() const { return stream_; }

  // Of what `work` launches on stream(). Throws std::runtime_error in the name of `whose` when it cannot be
  // queued as a whole.
  template <class Work>
  double time_ns(const std::string& whose, Work work) {
    constexpr double kLimitSeconds = 10;
    cuda::Hold hold(blocker_, stream_, kLimitSeconds);
    WARPGAUGE_CUDA_CHECK(cudaEventRecord(begin_, stream_));
    work();
    WARPGAUGE_CUDA_CHECK(cudaGetLastError());  // of a launch that nobody asked about, here and not later
    WARPGAUGE_CUDA_CHECK(cudaEventRecord(end_, stream_));
    hold.release();
    stream_.synchronize();
    if (blocker_.gave_up())
      throw std::runtime_error(whose +
                               ": the launch waits for the device, or queues more kernels than the driver "
                               "holds (about 1,000), or CUDA_LAUNCH_BLOCKING is set; it must be asynchronous "
                               "on Launch::stream to be timed");
    float milliseconds = 0;
    WARPGAUGE_CUDA_CHECK(cudaEventElapsedTime(&milliseconds, begin_, end_));
    return static_cast<double>(milliseconds) * 1e6;
  }

 private:
  TimedStream stream_;
  Event begin_, end_;
  cuda::Blocker blocker_;
};

}  // namespace warpgauge::bench
