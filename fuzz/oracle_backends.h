// The two implementations behind oracle.h.
#pragma once

#include "fuzz/oracle.h"

namespace warpgauge {

// A reference of the right size for these rows. All values are zero.
[[nodiscard]] Reference empty_reference(const Problem& problem, std::vector<std::int64_t> rows);

// Results of one row with at least one visible key: sums and extremes over j, one per d.
struct RowSums {
  const double* output;  // [D] p v
  const double* square;  // [D] (p v)^2
  const double* mass;    // [D] |p v|
  const float* low;      // [D] p v of the low-precision twin
  const float* lowest;   // [D] smallest v
  const float* highest;  // [D] largest v
  double lse;
  double logit_mass;
  double absorbed;
};

// Stores the row as entry n of the reference.
void store_row(const Problem& problem, const RowSums& sums, std::size_t n, Reference& reference);

// f64 dot products, softmax and sums, on all threads of OpenMP.
[[nodiscard]] Reference reference_cpu(const Inputs& inputs, std::vector<std::int64_t> rows);

// The same with cuBLAS: f64 GEMMs for the reference, f32 GEMMs without TF32 for its low-precision twin.
// Throws std::runtime_error with file:line:call on failure.
[[nodiscard]] Reference reference_cublas(const Inputs& inputs, std::vector<std::int64_t> rows);

// Empty if reference_cublas can run here, otherwise the reason why not.
[[nodiscard]] std::string cublas_unavailable();

}  // namespace warpgauge
