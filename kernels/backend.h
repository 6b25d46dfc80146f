// Backends of kernels, with one interface to host memory (cpu, simt) and device memory (cuda).
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
  simt,  // the source of a CUDA kernel, run by the emulator on the CPU
};

const char* backend_name(Backend backend);

// Empty if kernels of this backend can run on this machine; otherwise the reason ("built without the CUDA
// toolkit", "no CUDA device: ...").
std::string backend_unavailable(Backend backend);

// An allocation of device memory failed. The device is still usable.
struct OutOfDeviceMemory : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Uninitialised memory of the backend, aligned to 256 bytes. The constructor throws std::bad_alloc, or for
// CUDA std::runtime_error with file:line:call.
class Buffer {
 public:
  Buffer(Backend backend, std::size_t bytes);

  void* data() const { return memory_.get(); }
  std::size_t bytes() const { return bytes_; }

  // Copies between host memory and this buffer from byte `offset` on. Completed on return for all streams.
  void upload(const void* host, std::size_t bytes, std::size_t offset = 0);
  void download(void* host, std::size_t bytes, std::size_t offset = 0) const;

 private:
  Backend backend_;
  std::size_t bytes_;
  std::unique_ptr<void, void (*)(void*)> memory_;
};

// Empty if the backend is usable; otherwise the error. A fault on a CUDA device, such as an illegal access,
// is sticky: all later CUDA calls of the process fail.
std::string backend_lost(Backend backend);

// Waits until all launches have completed. Throws std::runtime_error if one of them failed.
void synchronize(Backend backend);

// The stream that a kernel launches on. For CUDA a non-blocking stream, which does not synchronise with the
// default stream. For the emulator a token: see emulated_stream. Otherwise null. The functions throw
// std::runtime_error.
class Stream {
 public:
  explicit Stream(Backend backend);

  void* get() const { return stream_.get(); }

  // CUDA only. Shows whether `launch` puts work on other streams: blocks this stream, calls `launch`, waits
  // for the default streams, calls `look`, and unblocks this stream. Effects that `look` sees come from other
  // streams. Returns false if a time limit unblocked the stream before `look` returned; its result is then
  // meaningless. Possible causes: `launch` waits for the stream or fills its queue, or the machine is slow.
  bool hold_while(const std::function<void()>& launch, const std::function<void()>& look) const;

 private:
  std::unique_ptr<void, void (*)(void*)> stream_;
};

// The newest Stream of the emulator on this thread; null if there is none. The emulator throws if a kernel
// launches on another stream while there is one.
[[nodiscard]] void* emulated_stream();

}  // namespace warpgauge
