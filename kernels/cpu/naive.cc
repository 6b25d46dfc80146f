// cpu/naive: the definition of attention, one row at a time. Supports any problem and strides. The reference
// to read first. Logits, softmax and accumulation are f32, in two passes over a row of logits, without
// blocking.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/kernel.h"

namespace warpgauge {
namespace {

// Computes O and LSE of one query row. `scratch` [Sk] holds the logits.
template <class T>
void attend_row(const Problem& p, const T* q, const T* k, std::int64_t k_step, const T* v,
                std::int64_t v_step, std::int64_t keys, float* scratch, float* accumulator, T* o,
                float* lse) {
  const auto scale = static_cast<float>(p.scale);
  float largest = -std::numeric_limits<float>::infinity();
  for (std::int64_t j = 0; j < keys; ++j) {
    float dot = 0;
    for (std::int64_t d = 0; d < p.head_dim; ++d)
      dot += static_cast<float>(q[d]) * static_cast<float>(k[j * k_step + d]);
    scratch[j] = dot * scale;
    largest = std::max(largest, scratch[j]);
  }
  std::fill(accumulator, accumulator + p.head_dim, 0.0f);
  float sum = 0;
  for (std::int64_t j = 0; j < keys; ++j) {
    const float weight = std::exp(scratch[j] - largest);
    sum += weight;
    for (std::int64_t d = 0; d < p.head_dim; ++d)
      accumulator[d] += weight * static_cast<float>(v[j * v_step + d]);
  }
  // Without visible keys the sum is 0, so that O is 0 and LSE is -inf.
  const float inverse = sum == 0 ? 0.0f : 1.0f / sum;
  for (std::int64_t d = 0; d < p.head_dim; ++d) o[d] = T(accumulator[d] * inverse);
  *lse = largest + std::log(sum);
}

template <class T>
void attend(const Problem& p, const Tensors& t, const Launch& launch) {
  const std::int64_t group = p.heads / p.kv_heads, rows = p.batch * p.heads * p.seq_q;
#pragma omp parallel num_threads(launch.threads)
  {
    std::vector<float> scratch(p.seq_k), accumulator(p.head_dim);
#pragma omp for schedule(dynamic, 16)
    for (std::int64_t row = 0; row < rows; ++row) {
      const std::int64_t i = row % p.seq_q, h = row / p.seq_q % p.heads, b = row / p.seq_q / p.heads;
      const auto at = [b](const auto* base, const Strides& s, std::int64_t head, std::int64_t index) {
        return base + b * s.batch + head * s.head + index * s.row;
      };
      attend_row(p, at(static_cast<const T*>(t.q), t.q_strides, h, i),
                 at(static_cast<const T*>(t.k), t.k_strides, h / group, 0), t.k_strides.row,
                 at(static_cast<const T*>(t.v), t.v_strides, h / group, 0), t.v_strides.row,
                 visible_keys(p, i), scratch.data(), accumulator.data(),
                 const_cast<T*>(at(static_cast<const T*>(t.o), t.o_strides, h, i)), t.lse + row);
    }
  }
}

std::string supports(const Problem& problem, const Tensors&) {
  return problem_error(problem);
}

void launch(const Problem& p, const Tensors& t, const Launch& l) {
  with_element_type(p.dtype, [&]<class T>(T) { attend<T>(p, t, l); });
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
