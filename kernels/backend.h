// Where a kernel runs, and the memory it runs on. One small face for host memory (cpu, simt) and device
// memory (cuda), so that the oracle, the checks and the benchmarks are written once.
#pragma once

#include <cstddef>
#include <memory>
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

// A block of the backend's memory, uninitialised, aligned to 256 bytes. Throws std::runtime_error (CUDA: with
// file:line:call) when it cannot be had.
class Buffer {
 public:
  Buffer(Backend backend, std::size_t bytes);

  void* data() const { return memory_.get(); }
  std::size_t bytes() const { return bytes_; }

  // Blocking copies between host memory and `offset` bytes into this buffer.
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

}  // namespace warpgauge
