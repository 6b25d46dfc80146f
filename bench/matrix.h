// The matrices: the problems that are timed, as data. A matrix holds shapes and types for each backend, and
// the time that a process spends on samples.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/attention.h"
#include "kernels/backend.h"
#include "kernels/kernel.h"

namespace warpgauge::bench {

// A problem without its type. The scale is 1/sqrt(D).
struct Shape {
  std::int64_t batch, heads, kv_heads, seq_q, seq_k, head_dim;
  Mask mask = Mask::none;
};

struct BackendMatrix {
  std::vector<Shape> shapes;
  std::vector<Dtype> dtypes;
  double naive_flops;  // limit for the kernel `naive`, which would need most of the time above it
};

struct Matrix {
  std::string_view name;
  std::string_view summary;  // one sentence
  double process_seconds;
  BackendMatrix cpu, cuda;

  [[nodiscard]] const BackendMatrix& of(Backend backend) const {
    return backend == Backend::cuda ? cuda : cpu;
  }
};

[[nodiscard]] std::span<const Matrix> all_matrices();
[[nodiscard]] const Matrix* find_matrix(std::string_view name);  // null if there is none

// Values that replace an axis of all shapes: B, H, Hkv, S, Sk, D, causal. S replaces Sk too if they were
// equal.
using Axes = std::map<std::string, std::vector<std::int64_t>>;

// Reads "S=448,512,640" into `axes`. Throws bad_value().
void parse_axis(std::string_view text, Axes& axes);

// Shapes x types with the axes replaced, each problem once. Throws UsageError if an axis makes an
// invalid problem, for example an Hkv that does not divide H.
[[nodiscard]] std::vector<Problem> expand(const BackendMatrix& matrix, const Axes& axes,
                                          const std::vector<Dtype>& dtypes);

// Whether the matrix includes this kernel on this problem.
[[nodiscard]] bool takes_part(const BackendMatrix& matrix, const Kernel& kernel, const Problem& problem);

}  // namespace warpgauge::bench
