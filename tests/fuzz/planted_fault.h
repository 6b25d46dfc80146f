// Building blocks of kernels with a planted fault. They compute row by row: cpu/naive on a sub-problem with
// one query. A fault then changes one number: how many keys a row sees, its scale, or the head that it reads.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "kernels/kernel.h"

namespace warpgauge::faulty {

// The row that a fault changes.
struct Row {
  std::int64_t batch, head, query;
};

// A right kernel. Faults derive from it and override one member.
struct Right {
  static constexpr bool kDeterministic = true;
  static std::int64_t keys(const Problem& p, const Row& row) { return visible_keys(p, row.query); }
  static double scale(const Problem& p) { return p.scale; }
  static std::int64_t kv_head(const Problem& p, const Row& row) { return row.head / (p.heads / p.kv_heads); }
  static Strides q_strides(const Problem&, const Tensors& t) { return t.q_strides; }
  static bool skips(const Problem&, const Row&) { return false; }
  static void after_row(const Problem&, const Row&, void* /*o: D elements*/, float* /*lse*/) {}
  static void after_all(const Problem&, const Tensors&, const Launch&) {}
};

inline std::int64_t row_index(const Problem& p, const Row& row) {
  return (row.batch * p.heads + row.head) * p.seq_q + row.query;
}

template <class Void>
Void* at(Void* base, const Strides& s, std::int64_t batch, std::int64_t head, std::int64_t row, Dtype dtype) {
  using Byte = std::conditional_t<std::is_const_v<Void>, const char, char>;
  return static_cast<Byte*>(base) + (batch * s.batch + head * s.head + row * s.row) * dtype_bytes(dtype);
}

template <class Fault>
void attend_row(const Problem& p, const Tensors& t, const Row& row) {
  Problem one = p;
  one.batch = one.heads = one.kv_heads = one.seq_q = 1;
  one.mask = Mask::none;
  one.seq_k = Fault::keys(p, row);
  one.scale = Fault::scale(p);
  const std::int64_t kv_head = Fault::kv_head(p, row);
  Tensors operands = t;
  operands.q = at(t.q, Fault::q_strides(p, t), row.batch, row.head, row.query, p.dtype);
  operands.k = at(t.k, t.k_strides, row.batch, kv_head, 0, p.dtype);
  operands.v = at(t.v, t.v_strides, row.batch, kv_head, 0, p.dtype);
  operands.o = at(t.o, t.o_strides, row.batch, row.head, row.query, p.dtype);
  operands.lse = t.lse + row_index(p, row);
  find_kernel("cpu/naive")->launch(one, operands, {});
  Fault::after_row(p, row, operands.o, operands.lse);
}

template <class Fault>
void launch(const Problem& p, const Tensors& t, const Launch& l) {
  for (std::int64_t b = 0; b < p.batch; ++b)
    for (std::int64_t h = 0; h < p.heads; ++h)
      for (std::int64_t i = 0; i < p.seq_q; ++i)
        if (!Fault::skips(p, {b, h, i})) attend_row<Fault>(p, t, {b, h, i});
  Fault::after_all(p, t, l);
}

inline std::string supports_plain_problems(const Problem& p, const Tensors&) {
  const std::string error = problem_error(p);
  return error.empty() ? unsupported_variant(p) : error;
}

template <class Fault>
constexpr Kernel kernel(std::string_view name) {
  return {.name = name,
          .backend = Backend::cpu,
          .summary = "a planted fault",
          .deterministic = Fault::kDeterministic,
          .supports = supports_plain_problems,
          .workspace_bytes = [](const Problem&, int) -> std::int64_t { return 64; },
          .launch = launch<Fault>};
}

// Writes `value` at element d of a row of the problem's type.
inline void store(const Problem& p, void* o, std::int64_t d, float value) {
  with_element_type(p.dtype, [&]<class T>(T) { static_cast<T*>(o)[d] = T(value); });
}

inline float load(const Problem& p, const void* o, std::int64_t d) {
  return with_element_type(p.dtype,
                           [&]<class T>(T) { return static_cast<float>(static_cast<const T*>(o)[d]); });
}

// The row in the middle of all rows, for a fault that occurs once.
inline bool is_middle(const Problem& p, const Row& row) {
  return row_index(p, row) == lse_elements(p) / 2;
}

}  // namespace warpgauge::faulty
