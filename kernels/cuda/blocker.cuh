// Holds a stream until the host lets go: work that is queued behind it starts back to back, whatever
// launching it cost. After a limit it lets go by itself, because a launch that synchronises would otherwise
// wait for ever.
#pragma once

#include <cuda_runtime.h>

namespace warpgauge::cuda {

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

  void hold(cudaStream_t stream, double limit_seconds);
  void release();
  // Since the last hold(). Once the stream is idle it is final; before that it may be true any moment.
  bool gave_up() const;

 private:
  volatile BlockerFlags* flags_ = nullptr;
  BlockerFlags* device_flags_ = nullptr;
};

// One hold of a stream. An exception on the way ends it, and what was queued is waited for.
class Hold {
 public:
  Hold(Blocker& blocker, cudaStream_t stream, double limit_seconds);
  ~Hold();
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;

  void release();

 private:
  Blocker& blocker_;
  cudaStream_t stream_;
  bool held_ = true;
};

}  // namespace warpgauge::cuda
