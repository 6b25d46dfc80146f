// The interface of an attention kernel, and the list of all kernels.
//
// A kernel is one file in kernels/cpu or kernels/cuda and one line of the list in kernels/CMakeLists.txt. The
// file defines `extern const Kernel BACKEND_NAME`. kernels/README.md shows an example.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "kernels/attention.h"
#include "kernels/backend.h"

namespace warpgauge {

// The arguments of a launch other than its operands.
struct Launch {
  int threads = 1;  // cpu, simt: maximum number of OS threads, at least 1
  void* stream =
      nullptr;  // cuda: the cudaStream_t to launch on; the kernel must not synchronise. simt: a token
  void* workspace =
      nullptr;  // workspace_bytes(problem, threads) bytes of the backend's memory, uninitialised

  // simt: determines the order of threads and the timing of asynchronous operations. With 0, threads run in
  // order and asynchronous operations complete as late as possible.
  std::uint64_t schedule_seed = 0;
};

// What a kernel rounds to the 16-bit type of O between its inputs and O. All else is f32. The fuzz derives
// the bounds of O and LSE from it: a kernel that rounds what it does not declare may exceed them. No meaning
// for f32, except e4m3_weights.
struct Rounding {
  enum class Weights {
    exact,            // P is f32 in P V
    before_division,  // exp(S - maximum) is rounded; the product with V is divided by the sum
    after_division,   // the normalized P is rounded
  };
  Weights weights = Weights::exact;
  bool row_sum = false;  // the sum that divides O, and whose logarithm is in LSE, adds the rounded weights
  bool scaled_query = false;  // Q is multiplied by the scale, or by scale * log2(e), and rounded
  bool logits = false;        // S is rounded

  // If V is e4m3, `weights` are rounded to e4m3 instead, as multiples of 2^-weight_exponent: FlashAttention-3
  // multiplies exp(S - maximum) by 2^8 (Max_offset in hopper/softmax.h), so that fewer weights are subnormal.
  bool e4m3_weights = false;
  int weight_exponent = 0;

  bool operator==(const Rounding&) const = default;
};

struct Kernel {
  std::string_view name;  // "naive"; unique within its backend
  Backend backend;
  std::string_view summary;  // method and precision, one line
  bool deterministic;        // results of all runs are bit-identical
  Rounding rounding = {};    // to 16 bits, of intermediate results

  // O and LSE of a query depend bit by bit on that query and on the keys and values that it sees, not on the
  // rest of the problem.
  bool batch_invariant = false;

  // Empty if the kernel can compute `problem` on this machine with operands of these strides and alignments;
  // otherwise the reason. All that it supports must be correct. It reads no memory of the operands, whose
  // pointers may be null, and does not throw.
  std::string (*supports)(const Problem& problem, const Tensors& tensors);

  // Workspace of one launch in bytes; null: none.
  std::int64_t (*workspace_bytes)(const Problem& problem, int threads);

  // Computes O and LSE. Asynchronous on CUDA. Throws std::runtime_error if the launch fails.
  void (*launch)(const Problem& problem, const Tensors& tensors, const Launch& launch);

  // "cpu/naive"
  std::string id() const { return std::string(backend_name(backend)) + "/" + std::string(name); }
  std::int64_t workspace(const Problem& problem, int threads) const {
    return workspace_bytes ? workspace_bytes(problem, threads) : 0;
  }
};

// Kernel::supports of a kernel that computes every valid problem, for any strides.
inline std::string supports_every_problem(const Problem& problem, const Tensors&) {
  return problem_error(problem);
}

// All kernels of this build, in the order of the list.
std::span<const Kernel* const> all_kernels();

// The kernel with this id ("cpu/naive"), or with this name ("blas") if it is unique among the backends. Null
// if there is none.
const Kernel* find_kernel(std::string_view id);

}  // namespace warpgauge
