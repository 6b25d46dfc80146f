// An attention kernel, and the list of all of them.
//
// A kernel is one file in kernels/cpu or kernels/cuda that defines one `extern const Kernel BACKEND_NAME`,
// and one line of the list in kernels/CMakeLists.txt. See kernels/README.md for the few lines that it takes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "kernels/attention.h"
#include "kernels/backend.h"

namespace warpgauge {

// What a launch gets beside its operands.
struct Launch {
  int threads = 1;            // CPU: how many threads may work, at least 1
  void* stream = nullptr;     // CUDA: the cudaStream_t to launch on; launches must not synchronise
  void* workspace = nullptr;  // workspace_bytes(problem) bytes of the backend's memory, contents undefined

  // simt: the order of threads and the timing of asynchronous copies are drawn from it, the same for the same
  // seed; 0 runs threads in order and copies as late as they may.
  std::uint64_t schedule_seed = 0;
};

struct Kernel {
  std::string_view name;  // "naive"; unique within its backend
  Backend backend;
  std::string_view summary;  // method and precision, one line
  bool deterministic;        // the same bits on every run

  // Empty when the kernel can compute `problem` on this machine, otherwise the reason why not.
  // A problem it says yes to must be right.
  std::string (*supports)(const Problem& problem);

  // Scratch memory for one launch in bytes; null means none.
  std::int64_t (*workspace_bytes)(const Problem& problem, int threads);

  // Computes O and LSE. Asynchronous on CUDA. Throws std::runtime_error when the launch fails.
  void (*launch)(const Problem& problem, const Tensors& tensors, const Launch& launch);

  // "cpu/naive"
  std::string id() const { return std::string(backend_name(backend)) + "/" + std::string(name); }
  std::int64_t workspace(const Problem& problem, int threads) const {
    return workspace_bytes ? workspace_bytes(problem, threads) : 0;
  }
};

// Every kernel that was built, in the order of the list.
std::span<const Kernel* const> all_kernels();

// The kernel with this id ("cpu/naive"), or with this bare name where one backend only has it; null if there
// is none.
const Kernel* find_kernel(std::string_view id);

}  // namespace warpgauge
