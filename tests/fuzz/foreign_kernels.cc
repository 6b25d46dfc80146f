#include "tests/fuzz/foreign_kernels.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <vector>

#include "tests/fuzz/planted_fault.h"

namespace warpgauge::foreign {
namespace {

struct Design {
  std::int64_t tile_keys = 64;
  bool rounds_weights = true;  // P before P V, as FlashAttention-2 does
};

template <class T>
float rounded(float value) {
  return static_cast<float>(T(value));
}

// The state of one row's online softmax.
struct OnlineRow {
  float largest = -INFINITY, sum = 0;
  std::vector<float> o;
};

// Adds `count` keys from `first` on to the row.
template <Design kDesign, class T>
void add_tile(const Problem& p, const Tensors& t, const T* q, const T* k, const T* v, std::int64_t first,
              std::int64_t count, OnlineRow& row) {
  std::vector<float> weights(static_cast<std::size_t>(count));
  float tile_largest = -INFINITY;
  for (std::int64_t j = 0; j < count; ++j) {
    float dot = 0;
    for (std::int64_t d = 0; d < p.head_dim; ++d)
      dot += static_cast<float>(q[d]) * static_cast<float>(k[(first + j) * t.k_strides.row + d]);
    weights[j] = dot * static_cast<float>(p.scale);
    tile_largest = std::max(tile_largest, weights[j]);
  }
  const float largest = std::max(row.largest, tile_largest);
  const float rescale = row.largest == -INFINITY ? 0 : std::exp(row.largest - largest);
  row.largest = largest;
  row.sum *= rescale;
  for (float& o : row.o) o *= rescale;
  for (std::int64_t j = 0; j < count; ++j) {
    const float weight = std::exp(weights[j] - largest);
    row.sum += weight;
    const float factor = kDesign.rounds_weights ? rounded<T>(weight) : weight;
    for (std::int64_t d = 0; d < p.head_dim; ++d)
      row.o[d] += factor * static_cast<float>(v[(first + j) * t.v_strides.row + d]);
  }
}

template <Design kDesign, class T>
void attend_row(const Problem& p, const Tensors& t, const faulty::Row& at, const T* q, const T* k, const T* v,
                T* o) {
  OnlineRow row;
  row.o.resize(static_cast<std::size_t>(p.head_dim));
  const std::int64_t keys = visible_keys(p, at.query);
  for (std::int64_t first = 0; first < keys; first += kDesign.tile_keys)
    add_tile<kDesign>(p, t, q, k, v, first, std::min(kDesign.tile_keys, keys - first), row);
  const float inverse = keys == 0 ? 0 : 1 / row.sum;
  for (std::int64_t d = 0; d < p.head_dim; ++d) o[d] = T(row.o[d] * inverse);
  t.lse[faulty::row_index(p, at)] = keys == 0 ? -INFINITY : row.largest + std::log(row.sum);
}

template <Design kDesign>
void launch(const Problem& p, const Tensors& t, const Launch& l) {
  const std::int64_t rows = lse_elements(p);
#pragma omp parallel for num_threads(l.threads)
  for (std::int64_t row = 0; row < rows; ++row) {
    const faulty::Row at{row / p.seq_q / p.heads, row / p.seq_q % p.heads, row % p.seq_q};
    const std::int64_t kv_head = at.head / (p.heads / p.kv_heads);
    with_element_type(p.dtype, [&]<class T>(T) {
      const auto* q = faulty::at(t.q, t.q_strides, at.batch, at.head, at.query, p.dtype);
      const auto* k = faulty::at(t.k, t.k_strides, at.batch, kv_head, 0, p.dtype);
      const auto* v = faulty::at(t.v, t.v_strides, at.batch, kv_head, 0, p.dtype);
      auto* o = faulty::at(t.o, t.o_strides, at.batch, at.head, at.query, p.dtype);
      attend_row<kDesign>(p, t, at, static_cast<const T*>(q), static_cast<const T*>(k),
                          static_cast<const T*>(v), static_cast<T*>(o));
    });
  }
}

template <Design kDesign>
constexpr Kernel kernel(std::string_view name) {
  return {.name = name,
          .backend = Backend::cpu,
          .summary = "right, of foreign design",
          .deterministic = true,
          .supports = supports_every_problem,
          .workspace_bytes = nullptr,
          .launch = launch<kDesign>};
}

}  // namespace

const Kernel kFlashAttention2 = kernel<Design{}>("flash_attention_2");

}  // namespace warpgauge::foreign
