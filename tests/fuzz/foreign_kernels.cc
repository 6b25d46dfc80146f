#include "tests/fuzz/foreign_kernels.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <vector>

#include "kernels/sequences.h"
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
  const Problem& problem;  // of its sequence
  const Tensors& tensors;
  faulty::Row at;
  std::vector<float> q;
  std::int64_t kv_head;
  const std::vector<RowPlace>& places;  // of the keys
  float logit_factor, value_factor;

  const K* key(std::int64_t j) const { return element(tensors.k, tensors.k_strides, j); }
  const K* value(std::int64_t j) const { return element(tensors.v, tensors.v_strides, j); }

 private:
  const K* element(const void* base, const Strides& s, std::int64_t j) const {
    const RowPlace& place = places[static_cast<std::size_t>(j)];
    return static_cast<const K*>(base) + place.block * s.batch + kv_head * s.head + place.row * s.row;
  }
};

// The places of all keys of a sequence. Unlike key_place, in one pass over the table.
std::vector<RowPlace> places_of_keys(const Problem& p, const Problem& one, const Tensors& t, std::int64_t b) {
  std::vector<RowPlace> places(static_cast<std::size_t>(one.seq_k));
  const std::int64_t start = p.lengths == Lengths::equal ? 0 : t.k_starts[b];
  const std::int64_t block = p.lengths == Lengths::equal ? b : 0;
  const std::int32_t* page = p.page > 0 ? t.page_table + b * t.table_stride : nullptr;
  for (std::int64_t j = 0, row = 0; j < one.seq_k; ++j, ++row) {
    if (p.page > 0 && row == p.page) row = 0, ++page;
    places[static_cast<std::size_t>(j)] = page == nullptr ? RowPlace{block, start + j} : RowPlace{*page, row};
  }
  return places;
}

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
  const K* k = query.key(key);
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
    const K* value = query.value(first + j);
    for (std::size_t d = 0; d < row.o.size(); ++d) row.o[d] += weight * static_cast<float>(value[d]);
  }
}

// P V with normalized, rounded weights. The row holds its maximum and its sum.
template <Rounding kRounding, class K, class O>
void add_normalized(const Query<K, O>& query, const KeyRange& keys, OnlineRow& row) {
  std::fill(row.o.begin(), row.o.end(), 0.0f);
  for (std::int64_t j = keys.first; j < keys.last; ++j) {
    const float weight =
        rounded_weight<kRounding, K, O>(std::exp(logit<kRounding>(query, j) - row.largest) / row.sum);
    const K* value = query.value(j);
    for (std::size_t d = 0; d < row.o.size(); ++d) row.o[d] += weight * static_cast<float>(value[d]);
  }
}

// The row of O and the element of LSE that a query has.
template <class O>
struct Result {
  O* o;
  float* lse;
};

template <Rounding kRounding, class K, class O>
void attend_row(const Query<K, O>& query, const Result<O>& result) {
  const Problem& p = query.problem;
  OnlineRow row;
  row.o.resize(static_cast<std::size_t>(value_dim_of(p)));
  if (p.sinks) row.largest = query.tensors.sinks[query.at.head], row.sum = 1;
  const KeyRange keys = visible_range(p, query.at.query);
  for (std::int64_t first = keys.first; first < keys.last; first += kTileKeys)
    add_tile<kRounding>(query, first, std::min(kTileKeys, keys.last - first), row);
  float divisor = keys.count() == 0 ? 1 : row.sum;
  if (kRounding.weights == Rounding::Weights::after_division) {
    add_normalized<kRounding>(query, keys, row);
    divisor = 1;
  }
  for (std::size_t d = 0; d < row.o.size(); ++d) result.o[d] = O(query.value_factor * row.o[d] / divisor);
  *result.lse = row.largest + std::log(row.sum);
}

template <Rounding kRounding, class Q, class K, class O>
void attend_sequence(const Problem& p, const Tensors& t, std::int64_t b, int threads) {
  const Problem one = sequence_problem(p, t, b);
  const std::vector<RowPlace> places = places_of_keys(p, one, t, b);
  const std::int64_t rows = p.heads * one.seq_q;
#pragma omp parallel for num_threads(threads) if (rows > 16)
  for (std::int64_t row = 0; row < rows; ++row) {
    const faulty::Row at{b, row / one.seq_q, row % one.seq_q};
    const std::int64_t kv_head = at.head / (p.heads / p.kv_heads);
    const RowPlace place = query_place(p, t, b, at.query);
    const Q* q = static_cast<const Q*>(t.q) + offset_of(t.q_strides, place, at.head);
    attend_row<kRounding>(
        Query<K, O>{one, t, at, query_row<kRounding, O>(p, q), kv_head, places,
                    t.q_descale.at(b, kv_head) * t.k_descale.at(b, kv_head), t.v_descale.at(b, kv_head)},
        Result<O>{static_cast<O*>(t.o) + offset_of(t.o_strides, place, at.head),
                  t.lse + lse_index(p, t, b, at.head, at.query)});
  }
}

template <Rounding kRounding>
void launch(const Problem& p, const Tensors& t, const Launch& l) {
  with_operand_types(p, [&]<class Q, class K, class O>(Q, K, O) {
    for (std::int64_t b = 0; b < p.batch; ++b) attend_sequence<kRounding, Q, K, O>(p, t, b, l.threads);
  });
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
