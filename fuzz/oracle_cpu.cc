// The oracle on the CPU. Each row takes one pass for the logits and one for the sums, in f64 and, for the
// low-precision twin, in f32. The inner loops are compiled for several instruction sets; the program picks
// the best one when it starts.
#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "fuzz/budget.h"
#include "fuzz/oracle_backends.h"

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define WARPGAUGE_VECTOR_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define WARPGAUGE_VECTOR_CLONES
#endif

namespace warpgauge {
namespace {

// Memory of one thread for one row.
struct Scratch {
  std::vector<double> weight;     // [Sk] logits, then p
  std::vector<float> low_weight;  // [Sk] the same in f32, with the kernel's roundings
  std::vector<double> output, square, mass, value_square;  // [Dv] sums over j of p v, (p v)^2, |p v|, v^2
  std::vector<float> low_output;                           // [Dv]
  std::vector<float> lowest, highest;                      // [Dv] extremes over j of v

  explicit Scratch(const Problem& p) : weight(p.seq_k), low_weight(p.seq_k) {
    for (auto* sums : {&output, &square, &mass, &value_square}) sums->resize(value_dim_of(p));
    for (auto* values : {&low_output, &lowest, &highest}) values->resize(value_dim_of(p));
  }
};

// Dot products of one query with all keys, and of its low-precision twin. Returns the largest sum of |q_d
// k_d|.
WARPGAUGE_VECTOR_CLONES
double dot_products(const float* q, const float* low_q, const float* k, std::int64_t keys, std::int64_t dim,
                    double* exact, float* low) {
  float largest_mass = 0;
  for (std::int64_t j = 0; j < keys; ++j) {
    const float* key = k + j * dim;
    double sum = 0;
    float low_sum = 0, mass = 0;
#pragma omp simd reduction(+ : sum, low_sum, mass)
    for (std::int64_t d = 0; d < dim; ++d) {
      sum += static_cast<double>(q[d]) * static_cast<double>(key[d]);
      low_sum += low_q[d] * key[d];
      mass += std::fabs(q[d] * key[d]);
    }
    exact[j] = sum;
    low[j] = low_sum;
    if (mass < std::numeric_limits<float>::infinity()) largest_mass = std::max(largest_mass, mass);
  }
  return double{largest_mass};
}

// The largest sum_d |error_d k_jd|. Elements of Q of one magnitude are rounded in the same direction: no mean
// square.
double largest_error(const std::vector<double>& errors, const float* k, std::int64_t keys) {
  double largest = 0;
  for (std::int64_t j = 0; j < keys; ++j) {
    double sum = 0;
    for (const double error : errors) sum += std::fabs(error * double{*k++});
    largest = std::max(largest, sum);
  }
  return largest;
}

WARPGAUGE_VECTOR_CLONES
void weighted_sums(const double* weight, const float* low_weight, const float* v, std::int64_t keys,
                   std::int64_t dim, double* __restrict output, double* __restrict square,
                   double* __restrict mass, double* __restrict value_square, float* __restrict low_output,
                   float* __restrict lowest, float* __restrict highest) {
  for (std::int64_t j = 0; j < keys; ++j) {
    const float* value = v + j * dim;
    const double p = weight[j];
    const float low_p = low_weight[j];
#pragma omp simd
    for (std::int64_t d = 0; d < dim; ++d) {
      const double wide = static_cast<double>(value[d]), term = p * wide;
      output[d] += term;
      square[d] += term * term;
      mass[d] += std::fabs(term);
      value_square[d] += wide * wide;
      low_output[d] += low_p * value[d];
      lowest[d] = value[d] < lowest[d] ? value[d] : lowest[d];
      highest[d] = value[d] > highest[d] ? value[d] : highest[d];
    }
  }
}

template <class Real>
Real largest_of(const Real* logit, std::int64_t keys) {
  Real largest = -std::numeric_limits<Real>::infinity();
  for (std::int64_t j = 0; j < keys; ++j)
    if (!(logit[j] <= largest)) largest = logit[j];
  return largest;
}

// The larger one; NaN if a logit is.
template <class Real>
Real with_sink(Real largest, Real sink) {
  return sink > largest ? sink : largest;
}

// Turns logits into normalized weights, and stores what follows from them. Returns their log-sum-exp with the
// sink. NaN stays NaN.
double softmax(double* logit, std::int64_t keys, double sink, RowTerms& terms) {
  const double largest = with_sink(largest_of(logit, keys), sink);
  const double of_sink = std::isinf(sink) ? 0 : std::exp(sink - largest);
  double sum = of_sink, least = std::isinf(sink) ? 1 : of_sink;
  for (std::int64_t j = 0; j < keys; ++j) {
    if (std::isfinite(logit[j])) terms.logit_peak = std::max(terms.logit_peak, std::fabs(logit[j]));
    sum += logit[j] = std::exp(logit[j] - largest);
    least = std::min(least, logit[j]);
  }
  double square = of_sink / sum * (of_sink / sum);
  if (of_sink > 0) terms.sum_error += sum_error_of(of_sink / sum, (1 - least) / sum);
  for (std::int64_t j = 0; j < keys; ++j) {
    logit[j] /= sum;
    square += logit[j] * logit[j];
    terms.sum_error += sum_error_of(logit[j], (1 - least) / sum);
  }
  terms.row_sum = sum;
  terms.weight_spread = std::sqrt(square);
  return largest + std::log(sum);
}

// The same in f32, with the kernel's roundings of the weights.
void low_softmax(Dtype dtype, const Rounding& rounding, float* logit, std::int64_t keys, float sink) {
  const bool rounds_before = rounding.weights == Rounding::Weights::before_division;
  const bool rounds_after = rounding.weights == Rounding::Weights::after_division;
  const float largest = with_sink(largest_of(logit, keys), sink);
  float sum = std::isinf(sink) ? 0 : std::exp(sink - largest);
  for (std::int64_t j = 0; j < keys; ++j) {
    const float weight = std::exp(logit[j] - largest);
    logit[j] = rounds_before ? round_weight(dtype, rounding, weight) : weight;
    sum += rounding.row_sum ? logit[j] : weight;
  }
  for (std::int64_t j = 0; j < keys; ++j) {
    logit[j] /= sum;
    if (rounds_after) logit[j] = round_weight(dtype, rounding, logit[j]);
  }
}

// The weighted sums of V, with the weights in the scratch memory.
void sum_values(const Problem& p, const float* v, std::int64_t keys, Scratch& s) {
  for (auto* sums : {&s.output, &s.square, &s.mass, &s.value_square})
    std::fill(sums->begin(), sums->end(), 0.0);
  std::fill(s.low_output.begin(), s.low_output.end(), 0.0f);
  std::fill(s.lowest.begin(), s.lowest.end(), std::numeric_limits<float>::infinity());
  std::fill(s.highest.begin(), s.highest.end(), -std::numeric_limits<float>::infinity());
  weighted_sums(s.weight.data(), s.low_weight.data(), v, keys, value_dim_of(p), s.output.data(),
                s.square.data(), s.mass.data(), s.value_square.data(), s.low_output.data(), s.lowest.data(),
                s.highest.data());
}

void multiply(Scratch& s, double factor) {
  const auto low_factor = static_cast<float>(factor);
  for (std::size_t d = 0; d < s.output.size(); ++d) {
    s.output[d] *= factor;
    s.square[d] *= factor * factor;
    s.mass[d] *= std::fabs(factor);
    s.value_square[d] *= factor * factor;
    s.low_output[d] *= low_factor;
    s.lowest[d] *= low_factor;
    s.highest[d] *= low_factor;
    if (factor < 0) std::swap(s.lowest[d], s.highest[d]);
  }
}

// Soft cap and bias. The peak of the logits before the cap counts: kernels that round logits round those.
void apply_rule(const LogitRule& rule, std::int64_t first, std::int64_t keys, Scratch& s, RowTerms& terms) {
  for (std::int64_t j = 0; j < keys; ++j) {
    const double scaled = s.weight[j];
    if (std::isfinite(scaled)) terms.logit_peak = std::max(terms.logit_peak, std::fabs(scaled));
    s.weight[j] = rule.apply(scaled, first + j);
    s.low_weight[j] = rule.apply(s.low_weight[j], first + j);
    terms.variant_error = std::max(terms.variant_error, rule.error(scaled, s.weight[j], first + j));
  }
}

// Logits of a row, exact and of the low-precision twin, in the scratch memory. `k`: the first visible key.
void compute_logits(const Problem& p, const Rounding& rounding, const float* query, const float* k,
                    std::int64_t first, std::int64_t keys, const LogitRule& rule, double factor, Scratch& s,
                    RowTerms& terms) {
  const std::span<const float> q(query, static_cast<std::size_t>(p.head_dim));
  const std::vector<float> low_q = twin_queries(p, rounding, q);
  const double mass =
      dot_products(query, low_q.data(), k, keys, p.head_dim, s.weight.data(), s.low_weight.data());
  const double scale = p.scale * factor;
  const float low_scale = static_cast<float>(rounding.scaled_query ? factor : scale);
  for (std::int64_t j = 0; j < keys; ++j) {
    s.weight[j] *= scale;
    s.low_weight[j] *= low_scale;
    if (rounding.logits) s.low_weight[j] = round_to(output_type(p), s.low_weight[j]);
  }
  if (!rule.is_identity()) apply_rule(rule, first, keys, s, terms);
  terms.logit_mass = mass * std::fabs(scale);
  if (rounding.scaled_query)
    terms.query_rounding = std::fabs(factor) * largest_error(query_rounding_errors(p, rounding, q), k, keys);
}

// Fills entry n of the reference.
void compute_row(const Inputs& in, std::size_t n, Scratch& s, Reference& out) {
  const Problem& p = in.problem;
  const std::int64_t row = out.rows[n], head = row / p.seq_q % p.heads;
  const std::int64_t kv_head = row / p.seq_q / p.heads * p.kv_heads + head / (p.heads / p.kv_heads);
  const KeyRange range = visible_to_row(in, row);
  const std::int64_t keys = range.count(), first = kv_head * p.seq_k + range.first;
  const double sink = sink_of(in, row);
  if (keys == 0) {
    out.lse[n] = sink;
    return;
  }
  const Factors factors = factors_of(in, row);
  RowTerms terms{.value_factor = std::fabs(factors.values)};
  compute_logits(p, out.rounding, in.q.data() + row * p.head_dim, in.k.data() + first * p.head_dim,
                 range.first, keys, LogitRule(in, row), factors.logits, s, terms);
  const double lse = softmax(s.weight.data(), keys, sink, terms);
  low_softmax(output_type(p), out.rounding, s.low_weight.data(), keys, static_cast<float>(sink));
  sum_values(p, in.v.data() + first * value_dim_of(p), keys, s);
  if (has_descales(p)) multiply(s, factors.values);
  store_row(p, keys,
            {s.output.data(), s.square.data(), s.value_square.data(), s.mass.data(), s.low_output.data(),
             s.lowest.data(), s.highest.data(), lse, terms},
            n, out);
}

}  // namespace

Reference reference_cpu(const Inputs& inputs, std::vector<std::int64_t> rows, const Rounding& rounding) {
  Reference reference = empty_reference(inputs.problem, std::move(rows), rounding);
  const auto count = static_cast<std::int64_t>(reference.rows.size());
#pragma omp parallel
  {
    Scratch scratch(inputs.problem);
#pragma omp for schedule(dynamic, 16)
    for (std::int64_t n = 0; n < count; ++n)
      compute_row(inputs, static_cast<std::size_t>(n), scratch, reference);
  }
  return reference;
}

}  // namespace warpgauge
