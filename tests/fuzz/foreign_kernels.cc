#include "tests/fuzz/foreign_kernels.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <vector>

#include "tests/fuzz/planted_fault.h"

namespace warpgauge::foreign {
namespace {

constexpr std::int64_t kTileKeys = 64;

template <class T>
float rounded(float value, bool rounds = true) {
  return rounds ? static_cast<float>(T(value)) : value;
}

// The state of one row's online softmax.
struct OnlineRow {
  float largest = -INFINITY, sum = 0;
  std::vector<float> o;
};

// A weight of P, times the weights that V has: of e4m3 if the kernel rounds it to that.
template <Rounding kRounding, class K, class O>
float rounded_weight(float weight) {
  if constexpr (kRounding.e4m3_weights && std::is_same_v<K, e4m3>) {
    constexpr float kFactor = 1 << kRounding.weight_exponent;
    return static_cast<float>(e4m3(weight * kFactor)) / kFactor;
  }
  return rounded<O>(weight);
}

// The query as a row of f32, multiplied by the scale if the kernel rounds that product.
template <Rounding kRounding, class O, class Q>
std::vector<float> query_row(const Problem& p, const Q* q) {
  std::vector<float> row(static_cast<std::size_t>(p.head_dim));
  for (std::int64_t d = 0; d < p.head_dim; ++d) {
    row[d] = static_cast<float>(q[d]);
    if (kRounding.scaled_query) row[d] = rounded<O>(row[d] * static_cast<float>(p.scale));
  }
  return row;
}

// One query with its operands. Types: of K and V, and of O.
template <class K, class O>
struct Query {
  const Problem& problem;
  const Tensors& tensors;
  faulty::Row at;
  std::vector<float> q;
  const K *k, *v;
  float logit_factor, value_factor;
};

// Soft cap and bias, by other formulas than cpu/naive: tanh x = 1 - 2 / (1 + e^2x).
template <class K, class O>
float adjusted(const Query<K, O>& query, std::int64_t key, float logit) {
  const Problem& p = query.problem;
  const Tensors& t = query.tensors;
  if (p.softcap != 0) {
    const double x = std::fabs(double{logit}) / p.softcap;
    logit =
        std::copysign(static_cast<float>(p.softcap * -std::expm1(-2 * x) / (1 + std::exp(-2 * x))), logit);
  }
  if (p.bias == Bias::alibi)
    logit =
        std::fma(-t.slopes[query.at.head], static_cast<float>(key_distance(p, query.at.query, key)), logit);
  const Strides& s = t.bias_strides;
  if (p.bias == Bias::tensor)
    logit += t.bias[query.at.batch * s.batch + query.at.head * s.head + query.at.query * s.row + key];
  return logit;
}

template <Rounding kRounding, class K, class O>
float logit(const Query<K, O>& query, std::int64_t key) {
  const Problem& p = query.problem;
  const K* k = query.k + key * query.tensors.k_strides.row;
  float dot = 0;
  for (std::int64_t d = 0; d < p.head_dim; ++d) dot += query.q[d] * static_cast<float>(k[d]);
  dot *= query.logit_factor;
  return adjusted(
      query, key,
      rounded<O>(kRounding.scaled_query ? dot : dot * static_cast<float>(p.scale), kRounding.logits));
}

// Adds keys first..first+count to the row.
template <Rounding kRounding, class K, class O>
void add_tile(const Query<K, O>& query, std::int64_t first, std::int64_t count, OnlineRow& row) {
  std::vector<float> logits;
  float largest = row.largest;
  for (std::int64_t j = first; j < first + count; ++j) {
    logits.push_back(logit<kRounding>(query, j));
    largest = std::max(largest, logits.back());
  }
  const float rescale = row.largest == -INFINITY ? 0 : std::exp(row.largest - largest);
  row.largest = largest;
  row.sum *= rescale;
  for (float& o : row.o) o *= rescale;
  for (std::int64_t j = 0; j < count; ++j) {
    const float exact = std::exp(logits[j] - largest);
    const bool rounds = kRounding.weights == Rounding::Weights::before_division;
    const float weight = rounds ? rounded_weight<kRounding, K, O>(exact) : exact;
    row.sum += kRounding.row_sum ? weight : exact;
    for (std::size_t d = 0; d < row.o.size(); ++d)
      row.o[d] +=
          weight * static_cast<float>(
                       query.v[(first + j) * query.tensors.v_strides.row + static_cast<std::int64_t>(d)]);
  }
}

// P V with normalized, rounded weights. The row holds its maximum and its sum.
template <Rounding kRounding, class K, class O>
void add_normalized(const Query<K, O>& query, const KeyRange& keys, OnlineRow& row) {
  std::fill(row.o.begin(), row.o.end(), 0.0f);
  for (std::int64_t j = keys.first; j < keys.last; ++j) {
    const float weight =
        rounded_weight<kRounding, K, O>(std::exp(logit<kRounding>(query, j) - row.largest) / row.sum);
    for (std::size_t d = 0; d < row.o.size(); ++d)
      row.o[d] += weight *
                  static_cast<float>(query.v[j * query.tensors.v_strides.row + static_cast<std::int64_t>(d)]);
  }
}

template <Rounding kRounding, class Q, class K, class O>
void attend_row(const Problem& p, const Tensors& t, const faulty::Row& at, const Q* q, const K* k, const K* v,
                O* o) {
  const std::int64_t kv_head = at.head / (p.heads / p.kv_heads);
  const float logit_factor = t.q_descale.at(at.batch, kv_head) * t.k_descale.at(at.batch, kv_head);
  const Query<K, O> query{p, t, at,           query_row<kRounding, O>(p, q),
                          k, v, logit_factor, t.v_descale.at(at.batch, kv_head)};
  OnlineRow row;
  row.o.resize(static_cast<std::size_t>(value_dim_of(p)));
  if (p.sinks) row.largest = t.sinks[at.head], row.sum = 1;
  const KeyRange keys = visible_range(p, at.query);
  for (std::int64_t first = keys.first; first < keys.last; first += kTileKeys)
    add_tile<kRounding>(query, first, std::min(kTileKeys, keys.last - first), row);
  float divisor = keys.count() == 0 ? 1 : row.sum;
  if (kRounding.weights == Rounding::Weights::after_division) {
    add_normalized<kRounding>(query, keys, row);
    divisor = 1;
  }
  for (std::size_t d = 0; d < row.o.size(); ++d) o[d] = O(query.value_factor * row.o[d] / divisor);
  t.lse[faulty::row_index(p, at)] = row.largest + std::log(row.sum);
}

template <Rounding kRounding>
void launch(const Problem& p, const Tensors& t, const Launch& l) {
  const std::int64_t rows = lse_elements(p);
#pragma omp parallel for num_threads(l.threads)
  for (std::int64_t row = 0; row < rows; ++row) {
    const faulty::Row at{row / p.seq_q / p.heads, row / p.seq_q % p.heads, row % p.seq_q};
    const std::int64_t kv_head = at.head / (p.heads / p.kv_heads);
    with_operand_types(p, [&]<class Q, class K, class O>(Q, K, O) {
      const auto* q = faulty::at(t.q, t.q_strides, at.batch, at.head, at.query, query_type(p));
      const auto* k = faulty::at(t.k, t.k_strides, at.batch, kv_head, 0, key_type(p));
      const auto* v = faulty::at(t.v, t.v_strides, at.batch, kv_head, 0, key_type(p));
      auto* o = faulty::at(t.o, t.o_strides, at.batch, at.head, at.query, output_type(p));
      attend_row<kRounding>(p, t, at, static_cast<const Q*>(q), static_cast<const K*>(k),
                            static_cast<const K*>(v), static_cast<O*>(o));
    });
  }
}

template <Rounding kRounding>
constexpr Kernel kernel(std::string_view name) {
  return {.name = name,
          .backend = Backend::cpu,
          .summary = "right, of foreign design",
          .deterministic = true,
          .rounding = kRounding,
          .supports = supports_every_problem,
          .workspace_bytes = nullptr,
          .launch = launch<kRounding>};
}

}  // namespace

using Weights = Rounding::Weights;

const Kernel kFlashAttention2 = kernel<Rounding{.weights = Weights::before_division}>("flash_attention_2");
const Kernel kSumsRoundedWeights =
    kernel<Rounding{.weights = Weights::before_division, .row_sum = true}>("sums_rounded_weights");
const Kernel kUnfused = kernel<Rounding{.weights = Weights::after_division}>("unfused");
const Kernel kScalesQuery = kernel<Rounding{.scaled_query = true}>("scales_query");
const Kernel kRoundsLogits = kernel<Rounding{.logits = true}>("rounds_logits");
const Kernel kRoundsAll = kernel<Rounding{
    .weights = Weights::before_division, .row_sum = true, .scaled_query = true, .logits = true}>(
    "rounds_all");
const Kernel kFlashAttention3 =
    kernel<Rounding{.weights = Weights::before_division, .e4m3_weights = true, .weight_exponent = 8}>(
        "flash_attention_3");
const Kernel kSumsE4m3Weights =
    kernel<Rounding{.weights = Weights::before_division, .row_sum = true, .e4m3_weights = true}>(
        "sums_e4m3_weights");

}  // namespace warpgauge::foreign
