// The two implementations behind oracle.h.
#pragma once

#include <cmath>

#include "fuzz/oracle.h"

namespace warpgauge {

// A reference of the right size for these rows. All values are zero.
[[nodiscard]] Reference empty_reference(const Problem& problem, std::vector<std::int64_t> rows,
                                        const Rounding& rounding);

// Results of one row with at least one visible key: sums and extremes over j, one per d.
struct RowSums {
  const double* output;        // [Dv] p v
  const double* square;        // [Dv] (p v)^2
  const double* value_square;  // [Dv] v^2
  const double* mass;          // [Dv] |p v|
  const float* low;            // [Dv] p v of the low-precision twin
  const float* lowest;         // [Dv] smallest v
  const float* highest;        // [Dv] largest v
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

// What a logit gets beside scale * Q K. `Real` is double for the reference, float for its twin.
class LogitRule {
 public:
  // Of query row `row`, counted through [B, H, Sq].
  LogitRule(const Inputs& inputs, std::int64_t row);

  [[nodiscard]] bool is_identity() const {
    return cap_ == 0 && slope_ == 0 && bias_ == nullptr && !has_factors_;
  }

  template <class Real>
  [[nodiscard]] Real apply(Real logit, std::int64_t key) const {
    if (cap_ != 0) {
      const auto cap = static_cast<Real>(cap_);
      logit = cap * std::tanh(logit / cap);
    }
    if (slope_ != 0) logit -= static_cast<Real>(slope_) * static_cast<Real>(distance(key));
    if (bias_ != nullptr) logit += static_cast<Real>(bias_[key]);
    return logit;
  }

  // Of RowTerms::variant_error. `scaled`: the logit before this rule, `logit` after it.
  [[nodiscard]] double error(double scaled, double logit, std::int64_t key) const;

 private:
  [[nodiscard]] std::int64_t distance(std::int64_t key) const { return key_distance(problem_, query_, key); }

  Problem problem_;  // of the sequence
  std::int64_t query_;
  double cap_;
  float slope_ = 0;
  const float* bias_ = nullptr;
  bool has_factors_;
};

// Of e4m3 operands: qs ks and vs of query row `row`; 1 for other types.
struct Factors {
  double logits = 1, values = 1;
};
[[nodiscard]] Factors factors_of(const Inputs& inputs, std::int64_t row);

// The sink of query row `row`; -inf without one.
[[nodiscard]] double sink_of(const Inputs& inputs, std::int64_t row);

// Stores the row, which sees `keys`, as entry n of the reference.
void store_row(const Problem& problem, std::int64_t keys, const RowSums& sums, std::size_t n,
               Reference& reference);

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
