// Times work that is queued on a stream while the stream is held. Launch latency and delays on the host are
// not included.
#pragma once

#include <stdexcept>
#include <string>

#include "bench/cuda/stream.cuh"
#include "bench/raw_clock.h"
#include "kernels/cuda_blocker.cuh"

namespace warpgauge::bench {

class HeldInterval {
 public:
  const TimedStream& stream() const { return stream_; }

  // The time of everything that `work` launches on stream(). What `after` launches there follows, and is not
  // timed. Throws std::runtime_error, which names `whose` work it was, if it cannot be queued as a whole.
  template <class Work, class After>
  double time_ns(const std::string& whose, Work work, After after) {
    constexpr double kLimitSeconds = 10;
    cuda::Hold hold(blocker_, stream_, kLimitSeconds);
    WARPGAUGE_CUDA_CHECK(cudaEventRecord(begin_, stream_));
    work();
    WARPGAUGE_CUDA_CHECK(cudaGetLastError());  // of a launch whose result the kernel did not check
    WARPGAUGE_CUDA_CHECK(cudaEventRecord(end_, stream_));
    after();
    const double released_ns = raw_clock_ns();
    hold.release();
    stream_.synchronize();
    host_ns_ = raw_clock_ns() - released_ns;
    if (blocker_.gave_up())
      throw std::runtime_error(whose +
                               ": the launch waits for the device, queues more kernels than the driver "
                               "holds (about 1,000), or CUDA_LAUNCH_BLOCKING is set; a launch must be "
                               "asynchronous on Launch::stream to be timed");
    float milliseconds = 0;
    WARPGAUGE_CUDA_CHECK(cudaEventElapsedTime(&milliseconds, begin_, end_));
    return static_cast<double>(milliseconds) * 1e6;
  }
  template <class Work>
  double time_ns(const std::string& whose, Work work) {
    return time_ns(whose, work, [] {});
  }

  // How long the host waited for the last interval, with what followed it. Never less than time_ns().
  double host_ns() const { return host_ns_; }

 private:
  TimedStream stream_;
  Event begin_, end_;
  cuda::Blocker blocker_;
  double host_ns_ = 0;
};

}  // namespace warpgauge::bench
