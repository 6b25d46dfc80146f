// Blocks a stream by a kernel that spins until the host releases it. Work that is queued meanwhile then runs
// back to back, without gaps by launch overhead. A time limit ends the kernel, because a launch that
// synchronises would otherwise deadlock.
#pragma once

#include <cuda_runtime.h>

namespace warpgauge::cuda {

// In mapped host memory.
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
  // Whether the time limit has ended the last hold(). May change until the stream is idle.
  bool gave_up() const;

 private:
  volatile BlockerFlags* flags_ = nullptr;
  BlockerFlags* device_flags_ = nullptr;
};

// Holds a stream for a scope. If an exception leaves the scope, releases the stream and waits for its work.
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
