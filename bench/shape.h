// A problem of a matrix, without its type and scale.
#pragma once

#include <cstdint>
#include <string>

#include "kernels/attention.h"

namespace warpgauge::bench {

struct Shape {
  Problem problem;
  std::string source = {};  // which model has it: "Llama 3 8B prefill"; empty if it is of none

  Shape(std::int64_t batch, std::int64_t heads, std::int64_t kv_heads, std::int64_t seq_q, std::int64_t seq_k,
        std::int64_t head_dim, Mask mask = Mask::none)
      : problem{.batch = batch,
                .heads = heads,
                .kv_heads = kv_heads,
                .seq_q = seq_q,
                .seq_k = seq_k,
                .head_dim = head_dim,
                .mask = mask} {}

  // With this type, and the scale 1/sqrt(D).
  [[nodiscard]] Problem of_type(Dtype dtype) const {
    Problem typed = problem;
    typed.dtype = dtype;
    typed.scale = default_scale(typed.head_dim);
    if (typed.value_dim == typed.head_dim) typed.value_dim = 0;
    return typed;
  }
};

}  // namespace warpgauge::bench
