// The two ways to a reference, behind oracle.h.
#pragma once

#include "fuzz/oracle.h"

namespace warpgauge {

// Sizes a reference for these rows; the values are zero.
Reference empty_reference(const Problem& problem, std::vector<std::int64_t> rows);

// What was computed for one row that sees a key; sums over j, one for each d.
struct RowSums {
  const double* output;  // [D] p v
  const double* square;  // [D] (p v)^2
  const double* mass;    // [D] |p v|
  const float* low;      // [D] p v of the low-precision twin
  double lse;
  double logit_mass;
  double absorbed;
};

// Stores them as entry n of the reference.
void store_row(const Problem& problem, const RowSums& sums, std::size_t n, Reference& reference);

// f64 dot products, softmax and sums, on all threads that OpenMP gives.
Reference reference_cpu(const Inputs& inputs, std::vector<std::int64_t> rows);

// The same quantities from cuBLAS: f64 GEMMs for the reference, f32 GEMMs without TF32 for its low-precision
// twin. Throws std::runtime_error with file:line:call on failure.
Reference reference_cublas(const Inputs& inputs, std::vector<std::int64_t> rows);

// Empty when reference_cublas can run here; otherwise why not.
std::string cublas_unavailable();

}  // namespace warpgauge
