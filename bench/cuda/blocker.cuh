// Holds a stream until the host lets go: work that is queued behind it starts back to back, whatever
// launching it cost. After a limit it lets go by itself, because a launch that synchronises would otherwise
// wait for ever.
#pragma once

#include <cuda_runtime.h>

namespace warpgauge::bench::cuda {

// In host memory that the device sees.
struct BlockerFlags {
  int released;
  int gave_up;
};

class Blocker {
 public:
  Blocker();
  ~Blocker();
  Blocker(const Blocker&) = delete;
  Blocker& operator=(const Blocker&) = delete;

  void hold(cudaStream_t stream);
  void release();
  bool gave_up() const;  // since the last hold(); read it after the stream is idle

 private:
  volatile BlockerFlags* flags_ = nullptr;
  BlockerFlags* device_flags_ = nullptr;
};

}  // namespace warpgauge::bench::cuda
