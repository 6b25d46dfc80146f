// Where a kernel runs, and the memory it runs on. One small face for host memory (cpu, simt) and device
// memory (cuda), so that the oracle, the checks and the benchmarks are written once.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

namespace warpgauge {

enum class Backend {
  cpu,
  cuda,
  simt,  // a CUDA kernel's own source, run by the emulator on the CPU
};

const char* backend_name(Backend backend);

// Empty when kernels of this backend can run here; otherwise the reason why not, as a phrase
// ("built without the CUDA toolkit", "no CUDA device: ...").
std::string backend_unavailable(Backend backend);

// What is thrown where the device has no memory left; nothing else is amiss with it.
struct OutOfDeviceMemory : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A block of the backend's memory, uninitialised, aligned to 256 bytes. Throws std::runtime_error (CUDA: with
// file:line:call) when it cannot be had.
class Buffer {
 public:
  Buffer(Backend backend, std::size_t bytes);

  void* data() const { return memory_.get(); }
  std::size_t bytes() const { return bytes_; }

  // Copies between host memory and `offset` bytes into this buffer, done on return, for every stream.
  void upload(const void* host, std::size_t bytes, std::size_t offset = 0);
  void download(void* host, std::size_t bytes, std::size_t offset = 0) const;

 private:
  Backend backend_;
  std::size_t bytes_;
  std::unique_ptr<void, void (*)(void*)> memory_;
};

// Empty while the backend answers; otherwise why it does not. A fault on a CUDA device, an illegal access
// say, is there to stay: every later call of the process fails, whoever makes it.
std::string backend_lost(Backend backend);

// Waits until all launches are done; throws std::runtime_error if one of them failed.
void synchronize(Backend backend);

// What a kernel is given to launch on. CUDA: a stream of its own, which does not wait for the default stream,
// nor that for it; elsewhere null. All of it throws std::runtime_error.
class Stream {
 public:
  explicit Stream(Backend backend);

  void* get() const { return stream_.get(); }

  // CUDA alone: calls `launch` while the stream lets nothing through, waits for what runs on the default
  // streams, calls `look`, and lets go. False when the stream could not be held for as long: `launch` waits
  // for it, or queues more than the driver takes, or the machine was slow; `look` has seen nothing then.
  bool hold_while(const std::function<void()>& launch, const std::function<void()>& look) const;

 private:
  std::unique_ptr<void, void (*)(void*)> stream_;
};

}  // namespace warpgauge
