#include "bench/renewal.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace warpgauge::bench {
namespace {

// The heads [B, Hkv] of the problem.
std::int64_t kv_heads(const Problem& p) {
  return p.batch * p.kv_heads;
}

template <class T>
void flip_signs(const RenewedInputs& in, RenewalDraw from, RenewalDraw to) {
  using Word = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint16_t>;
  const Problem& p = in.problem;
  const std::int64_t heads = p.batch * p.heads;
#pragma omp parallel for schedule(static) num_threads(in.threads)
  for (std::int64_t head = 0; head < heads; ++head) {
    std::vector<Word> mask(static_cast<std::size_t>(p.head_dim));
    for (std::int64_t d = 0; d < p.head_dim; ++d)
      if (from.flips(head, p.head_dim, d) != to.flips(head, p.head_dim, d))
        mask[static_cast<std::size_t>(d)] = static_cast<Word>(Word{1} << (8 * sizeof(Word) - 1));
    Word* row = static_cast<Word*>(in.q) + head * p.seq_q * p.head_dim;
    for (std::int64_t i = 0; i < p.seq_q; ++i, row += p.head_dim)
      for (std::int64_t d = 0; d < p.head_dim; ++d) row[d] ^= mask[static_cast<std::size_t>(d)];
  }
}

// Calls visit(elements before the row in K and V, elements before it in the saved rows) for each row that the
// draw replaces.
template <class Visit>
void each_replaced_row(const Problem& p, RenewalDraw draw, int threads, Visit visit) {
  const std::int64_t blocks = renewed_blocks(p.seq_k), rows = kv_heads(p) * blocks;
#pragma omp parallel for schedule(static) num_threads(threads)
  for (std::int64_t n = 0; n < rows; ++n) {
    const std::int64_t kv_head = n / blocks, key = draw.key(kv_head, n % blocks, p.seq_k);
    visit((kv_head * p.seq_k + key) * p.head_dim, n * p.head_dim);
  }
}

template <class T>
void put_back(const RenewedInputs& in, RenewalDraw from) {
  const auto bytes = static_cast<std::size_t>(in.problem.head_dim) * sizeof(T);
  each_replaced_row(in.problem, from, in.threads, [&](std::int64_t at, std::int64_t saved) {
    std::memcpy(static_cast<T*>(in.k) + at, static_cast<T*>(in.saved_k) + saved, bytes);
    std::memcpy(static_cast<T*>(in.v) + at, static_cast<T*>(in.saved_v) + saved, bytes);
  });
}

template <class T>
void replace(const RenewedInputs& in, RenewalDraw to) {
  const std::int64_t dim = in.problem.head_dim;
  const auto bytes = static_cast<std::size_t>(dim) * sizeof(T);
  each_replaced_row(in.problem, to, in.threads, [&](std::int64_t at, std::int64_t saved) {
    T *k = static_cast<T*>(in.k) + at, *v = static_cast<T*>(in.v) + at;
    std::memcpy(static_cast<T*>(in.saved_k) + saved, k, bytes);
    std::memcpy(static_cast<T*>(in.saved_v) + saved, v, bytes);
    for (std::int64_t d = 0; d < dim; d += 2) {
      const NewElements elements = to.elements(saved / dim, dim, d / 2);
      for (std::int64_t n = 0; n < std::min<std::int64_t>(2, dim - d); ++n) {
        k[d + n] = T(elements.k[n]);
        v[d + n] = T(elements.v[n]);
      }
    }
  });
}

}  // namespace

std::int64_t renewed_elements(const Problem& p) {
  return kv_heads(p) * renewed_blocks(p.seq_k) * p.head_dim;
}

void renew_cpu(const RenewedInputs& inputs, RenewalDraw from, RenewalDraw to) {
  with_element_type(inputs.problem.dtype, [&]<class T>(T) {
    flip_signs<T>(inputs, from, to);
    if (!from.is_none()) put_back<T>(inputs, from);
    if (!to.is_none()) replace<T>(inputs, to);
  });
}

void poison_cpu(void* memory, std::int64_t bytes, int threads) {
  constexpr std::int64_t kBlock = 1 << 16;
#pragma omp parallel for schedule(static) num_threads(threads)
  for (std::int64_t begin = 0; begin < bytes; begin += kBlock)
    std::memset(static_cast<char*>(memory) + begin, 0xff,
                static_cast<std::size_t>(std::min(kBlock, bytes - begin)));
}

void renew_row(RowInputs& inputs, const Problem& p, std::int64_t row, RenewalDraw draw) {
  if (draw.is_none()) return;
  const std::int64_t head = row / p.seq_q, dim = p.head_dim;
  const std::int64_t kv_head = head / p.heads * p.kv_heads + head % p.heads / (p.heads / p.kv_heads);
  for (std::int64_t d = 0; d < dim; ++d)
    if (draw.flips(head, dim, d)) inputs.q[static_cast<std::size_t>(d)] *= -1;
  const std::int64_t keys = visible_keys(p, row % p.seq_q), blocks = renewed_blocks(p.seq_k);
  for (std::int64_t block = 0; block < renewed_blocks(keys); ++block) {
    const std::int64_t key = draw.key(kv_head, block, p.seq_k);
    if (key >= keys) continue;
    for (std::int64_t d = 0; d < dim; ++d) {
      const NewElements elements = draw.elements(kv_head * blocks + block, dim, d / 2);
      const auto at = static_cast<std::size_t>(key * dim + d);
      inputs.k[at] = elements.k[d % 2];
      inputs.v[at] = elements.v[d % 2];
    }
  }
}

}  // namespace warpgauge::bench
