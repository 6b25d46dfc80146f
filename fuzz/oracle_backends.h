// The two implementations behind oracle.h.
#pragma once

#include "fuzz/oracle.h"

namespace warpgauge {

// A reference of the right size for these rows. All values are zero.
[[nodiscard]] Reference empty_reference(const Problem& problem, std::vector<std::int64_t> rows,
                                        const Rounding& rounding);

// Results of one row with at least one visible key: sums and extremes over j, one per d.
struct RowSums {
  const double* output;        // [D] p v
  const double* square;        // [D] (p v)^2
  const double* value_square;  // [D] v^2
  const double* mass;          // [D] |p v|
  const float* low;            // [D] p v of the low-precision twin
  const float* lowest;         // [D] smallest v
  const float* highest;        // [D] largest v
  double lse;
  RowTerms terms;  // those that are no extremes over d
};

// The low-precision twin's query: Q, or scale * Q rounded to the type if the kernel rounds that.
[[nodiscard]] std::vector<float> twin_queries(const Problem& problem, const Rounding& rounding,
                                              std::span<const float> q);

// Bounds on the errors of that rounding, one per element; 0 if there is none. f16 rounds numbers below 2^-14
// to multiples of 2^-24.
[[nodiscard]] std::vector<double> query_rounding_errors(const Problem& problem, const Rounding& rounding,
                                                        std::span<const float> q);

// Stores the row as entry n of the reference.
void store_row(const Problem& problem, const RowSums& sums, std::size_t n, Reference& reference);

// f64 dot products, softmax and sums, on all threads of OpenMP.
[[nodiscard]] Reference reference_cpu(const Inputs& inputs, std::vector<std::int64_t> rows,
                                      const Rounding& rounding);

// The same with cuBLAS: f64 GEMMs for the reference, f32 GEMMs without TF32 for its low-precision twin.
// Throws std::runtime_error with file:line:call on failure.
[[nodiscard]] Reference reference_cublas(const Inputs& inputs, std::vector<std::int64_t> rows,
                                         const Rounding& rounding);

// Empty if reference_cublas can run here, otherwise the reason why not.
[[nodiscard]] std::string cublas_unavailable();

}  // namespace warpgauge
