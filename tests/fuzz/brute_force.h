// The definition of attention, element by element, in long double. It shares no code with the oracle.
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "fuzz/inputs.h"

namespace warpgauge {

struct BruteForce {
  std::vector<long double> output, lse;

  explicit BruteForce(const Inputs& in) {
    for (long b = 0; b < in.problem.batch; ++b)
      for (long h = 0; h < in.problem.heads; ++h)
        for (long i = 0; i < queries(in, b); ++i) add_row(in, b, h, i);
  }

 private:
  static long queries(const Inputs& in, long b) {
    const auto& starts = in.placement.q_starts;
    return starts.empty() ? in.problem.seq_q : starts[b + 1] - starts[b];
  }

  static long keys(const Inputs& in, long b) {
    const auto& starts = in.placement.k_starts;
    return starts.empty() ? in.problem.seq_k : starts[b + 1] - starts[b];
  }

  // The position of key j less that of query i.
  static long ahead_of(const Inputs& in, long b, long i, long j) {
    return j - (i + keys(in, b) - queries(in, b));
  }

  static bool sees(const Inputs& in, long b, long i, long j) {
    const Problem& p = in.problem;
    const long ahead = ahead_of(in, b, i, j);
    return !(p.mask == Mask::causal && ahead > 0) && !(p.window.left >= 0 && -ahead > p.window.left) &&
           !(p.window.right >= 0 && ahead > p.window.right);
  }

  static long double factor(const std::vector<float>& factors, const Problem& p, long b, long h) {
    return factors.empty() ? 1 : factors[b * p.kv_heads + h * p.kv_heads / p.heads];
  }

  static long double logit(const Inputs& in, long b, long h, long i, long j) {
    const Problem& p = in.problem;
    const long row = (b * p.heads + h) * p.seq_q + i,
               kv_row = (b * p.kv_heads + h * p.kv_heads / p.heads) * p.seq_k + j;
    long double x = 0;
    for (long d = 0; d < p.head_dim; ++d)
      x += static_cast<long double>(in.q[row * p.head_dim + d]) * in.k[kv_row * p.head_dim + d];
    x *= static_cast<long double>(p.scale) * factor(in.q_descale, p, b, h) * factor(in.k_descale, p, b, h);
    if (p.softcap != 0)
      x = std::tanh(x / static_cast<long double>(p.softcap)) * static_cast<long double>(p.softcap);
    if (p.bias == Bias::alibi) x -= static_cast<long double>(in.slopes[h]) * std::abs(ahead_of(in, b, i, j));
    if (p.bias == Bias::tensor) x += in.bias[row * p.seq_k + j];
    return x;
  }

  void add_row(const Inputs& in, long b, long h, long i) {
    const Problem& p = in.problem;
    std::vector<std::pair<long, long double>> weights;  // key, weight
    for (long j = 0; j < keys(in, b); ++j)
      if (sees(in, b, i, j)) weights.emplace_back(j, logit(in, b, h, i, j));
    long double top = p.sinks ? in.sinks[h] : -1e300L;
    for (const auto& [j, x] : weights) top = std::max(top, x);
    long double sum = p.sinks ? std::exp(in.sinks[h] - top) : 0;
    for (auto& [j, x] : weights) sum += x = std::exp(x - top);
    lse.push_back(top + std::log(sum));
    const long dv = p.value_dim == 0 ? p.head_dim : p.value_dim;
    for (long d = 0; d < dv; ++d) {
      long double value = 0;
      for (const auto& [j, weight] : weights)
        value += weight / sum * in.v[((b * p.kv_heads + h * p.kv_heads / p.heads) * p.seq_k + j) * dv + d];
      output.push_back(value * factor(in.v_descale, p, b, h));
    }
  }
};

}  // namespace warpgauge
