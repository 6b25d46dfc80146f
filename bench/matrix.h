// The matrices: which problems are timed, as data. A matrix holds shapes and types for each backend, and how
// long a process that measures it should take.
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

// A problem without its type; the scale is 1/sqrt(D).
struct Shape {
  std::int64_t batch, heads, kv_heads, seq_q, seq_k, head_dim;
  Mask mask = Mask::none;
};

struct BackendMatrix {
  std::vector<Shape> shapes;
  std::vector<Dtype> dtypes;
  double naive_flops;  // the kernel `naive` takes part up to this much work; beyond, it would eat the
                       // process's time
};

struct Matrix {
  std::string_view name;
  double process_seconds;
  BackendMatrix cpu, cuda;

  const BackendMatrix& of(Backend backend) const { return backend == Backend::cuda ? cuda : cpu; }
};

std::span<const Matrix> all_matrices();
const Matrix* find_matrix(std::string_view name);  // null when there is none

// Values that replace an axis of all shapes: B, H, Hkv, S (of queries, and of keys where they are as many),
// Sk, D, causal.
using Axes = std::map<std::string, std::vector<std::int64_t>>;

// Reads "S=448,512,640" into `axes`. Throws std::invalid_argument with a hint.
void parse_axis(std::string_view text, Axes& axes);

// Shapes x types with the axes replaced, each problem once. Throws std::invalid_argument when an axis makes a
// shape that is no problem, such as Hkv that does not divide H.
std::vector<Problem> expand(const BackendMatrix& matrix, const Axes& axes, const std::vector<Dtype>& dtypes);

// Whether the matrix wants this kernel on this problem.
bool takes_part(const BackendMatrix& matrix, const Kernel& kernel, const Problem& problem);

}  // namespace warpgauge::bench
