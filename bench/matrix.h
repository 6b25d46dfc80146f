// The matrices: the problems that are timed, as data. A matrix holds shapes and types for each backend, and
// the time that a process spends on samples.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/axes.h"
#include "bench/shape.h"
#include "kernels/attention.h"
#include "kernels/backend.h"
#include "kernels/kernel.h"

namespace warpgauge::bench {

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

// Shapes x types with the axes replaced, each problem once. Throws UsageError if an axis makes an
// invalid problem, for example an Hkv that does not divide H.
[[nodiscard]] std::vector<Problem> expand(const BackendMatrix& matrix, const Axes& axes,
                                          const std::vector<Dtype>& dtypes);

// Which models have this problem of the matrix, separated by semicolons. Empty if it is of none.
[[nodiscard]] std::string source_of(const BackendMatrix& matrix, const Problem& problem);

// Whether the matrix includes this kernel on this problem.
[[nodiscard]] bool takes_part(const BackendMatrix& matrix, const Kernel& kernel, const Problem& problem);

}  // namespace warpgauge::bench
