// cpu/naive: the definition of attention, one row at a time. Supports any problem, with all variants, and any
// strides. The reference to read first. Logits, softmax and accumulation are f32, in two passes over a row of
// logits, without blocking.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/kernel.h"
#include "kernels/sequences.h"

namespace warpgauge {
namespace {

// What the logits of one query get beside Q K: scale, soft cap, and bias.
struct LogitRule {
  const Problem& problem;  // of its sequence
  std::int64_t query;
  float scale;        // with the factors of Q and K
  float slope;        // of ALiBi
  const float* bias;  // [Sk], or null

  float operator()(float dot, std::int64_t key) const {
    float logit = dot * scale;
    if (problem.softcap != 0) {
      const auto cap = static_cast<float>(problem.softcap);
      logit = cap * std::tanh(logit / cap);
    }
    if (problem.bias == Bias::alibi) logit -= slope * static_cast<float>(key_distance(problem, query, key));
    if (bias != nullptr) logit += bias[key];
    return logit;
  }
};

// Memory of one thread.
struct Scratch {
  std::vector<float> logits, accumulator;  // [Sk], [Dv]
};

// K and V of one head of a sequence.
template <class T>
struct KeysAndValues {
  const Problem& problem;
  const Tensors& tensors;
  std::int64_t batch, head;

  const T* key(std::int64_t j) const { return at(tensors.k, tensors.k_strides, j); }
  const T* value(std::int64_t j) const { return at(tensors.v, tensors.v_strides, j); }

 private:
  const T* at(const void* base, const Strides& s, std::int64_t j) const {
    return static_cast<const T*>(base) + offset_of(s, key_place(problem, tensors, batch, j), head);
  }
};

// Computes O and LSE of one query. `sink` is -inf without one, `v_scale` the factor of V.
template <class Q, class K, class O>
void attend_row(const LogitRule& rule, const Q* q, const KeysAndValues<K>& kv, float v_scale, float sink,
                Scratch& scratch, O* o, float* lse) {
  const Problem& p = rule.problem;
  const KeyRange keys = visible_range(p, rule.query);
  const std::int64_t value_dim = value_dim_of(p);
  float largest = sink;
  for (std::int64_t j = keys.first; j < keys.last; ++j) {
    const K* key = kv.key(j);
    float dot = 0;
    for (std::int64_t d = 0; d < p.head_dim; ++d)
      dot += static_cast<float>(q[d]) * static_cast<float>(key[d]);
    scratch.logits[j] = rule(dot, j);
    largest = std::max(largest, scratch.logits[j]);
  }
  std::fill_n(scratch.accumulator.begin(), value_dim, 0.0f);
  float sum = p.sinks ? std::exp(sink - largest) : 0.0f;
  for (std::int64_t j = keys.first; j < keys.last; ++j) {
    const K* value = kv.value(j);
    const float weight = std::exp(scratch.logits[j] - largest);
    sum += weight;
    for (std::int64_t d = 0; d < value_dim; ++d)
      scratch.accumulator[d] += weight * static_cast<float>(value[d]);
  }
  // Without visible keys and sink the sum is 0, so that O is 0 and LSE is -inf.
  const float inverse = sum == 0 ? 0.0f : 1.0f / sum;
  for (std::int64_t d = 0; d < value_dim; ++d) o[d] = O(scratch.accumulator[d] * inverse * v_scale);
  *lse = largest + std::log(sum);
}

template <class Q, class K, class O>
void attend(const Problem& p, const Tensors& t, const Launch& launch) {
  const std::int64_t group = p.heads / p.kv_heads, rows = p.batch * p.heads * p.seq_q;
#pragma omp parallel num_threads(launch.threads)
  {
    Scratch scratch{std::vector<float>(p.seq_k), std::vector<float>(value_dim_of(p))};
#pragma omp for schedule(dynamic, 16)
    for (std::int64_t row = 0; row < rows; ++row) {
      const std::int64_t i = row % p.seq_q, h = row / p.seq_q % p.heads, b = row / p.seq_q / p.heads;
      const Problem sequence = sequence_problem(p, t, b);
      if (i >= sequence.seq_q) continue;
      const RowPlace place = query_place(p, t, b, i);
      const std::int64_t kv = h / group;
      const float scale = static_cast<float>(p.scale) * t.q_descale.at(b, kv) * t.k_descale.at(b, kv);
      const LogitRule rule{sequence, i, scale, p.bias == Bias::alibi ? t.slopes[h] : 0.0f,
                           p.bias == Bias::tensor ? t.bias + offset_of(t.bias_strides, {b, i}, h) : nullptr};
      attend_row<Q, K, O>(
          rule, static_cast<const Q*>(t.q) + offset_of(t.q_strides, place, h), {p, t, b, kv},
          t.v_descale.at(b, kv), p.sinks ? t.sinks[h] : -std::numeric_limits<float>::infinity(), scratch,
          static_cast<O*>(t.o) + offset_of(t.o_strides, place, h), t.lse + lse_index(p, t, b, h, i));
    }
  }
}

std::string supports(const Problem& problem, const Tensors&) {
  return problem_error(problem);
}

void launch(const Problem& p, const Tensors& t, const Launch& l) {
  with_operand_types(p, [&]<class Q, class K, class O>(Q, K, O) { attend<Q, K, O>(p, t, l); });
}

}  // namespace

extern const Kernel cpu_naive{.name = "naive",
                              .backend = Backend::cpu,
                              .summary = "reference, one row at a time; f32 arithmetic",
                              .deterministic = true,
                              .batch_invariant = true,
                              .supports = supports,
                              .workspace_bytes = nullptr,
                              .launch = launch};

}  // namespace warpgauge
