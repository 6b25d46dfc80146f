#include "tests/simt/linear_attention.h"

#include <fmt/format.h>

#include <cmath>
#include <exception>
#include <random>

#include "kernels/backend.h"

namespace warpgauge {
namespace {

// [B, H, S, D] in 16-bit elements, and their values.
struct Tensor {
  std::int64_t heads, seq;
  std::vector<std::uint16_t> bits;
  std::vector<float> values;

  Tensor(const Problem& p, std::int64_t heads_of_it, std::int64_t seq_of_it)
      : heads(heads_of_it),
        seq(seq_of_it),
        bits(static_cast<std::size_t>(p.batch * heads * seq * p.head_dim)),
        values(bits.size()) {}
};

float decode(Dtype dtype, std::uint16_t bits) {
  return dtype == Dtype::f16 ? f16::decode(bits) : bf16::decode(bits);
}

Tensor random_tensor(const Problem& p, std::int64_t heads, std::int64_t seq, std::mt19937& random) {
  Tensor tensor(p, heads, seq);
  std::normal_distribution<float> normal;
  for (std::size_t i = 0; i < tensor.bits.size(); ++i) {
    const float value = normal(random);
    tensor.bits[i] = p.dtype == Dtype::f16 ? f16::encode(value) : bf16::encode(value);
    tensor.values[i] = decode(p.dtype, tensor.bits[i]);
  }
  return tensor;
}

const float* row(const Problem& p, const Tensor& t, std::int64_t batch, std::int64_t head, std::int64_t i) {
  return &t.values[static_cast<std::size_t>(((batch * t.heads + head) * t.seq + i) * p.head_dim)];
}

// One row of O, and the sums of the terms' magnitudes, which bound its rounding errors.
struct Expected {
  std::vector<double> sums, magnitudes;
};

Expected expected_row(const Problem& p, const Tensor& q, const Tensor& k, const Tensor& v, std::int64_t batch,
                      std::int64_t head, std::int64_t i) {
  const auto dim = static_cast<std::size_t>(p.head_dim);
  const std::int64_t kv_head = head / (p.heads / p.kv_heads);
  Expected expected{std::vector<double>(dim), std::vector<double>(dim)};
  const float* const query = row(p, q, batch, head, i);
  for (std::int64_t j = 0; j < p.seq_k; ++j) {
    const float* const key = row(p, k, batch, kv_head, j);
    const float* const value = row(p, v, batch, kv_head, j);
    double weight = 0;
    for (std::size_t d = 0; d < dim; ++d) weight += double{query[d]} * double{key[d]};
    for (std::size_t d = 0; d < dim; ++d) {
      expected.sums[d] += p.scale * weight * double{value[d]};
      expected.magnitudes[d] += std::abs(p.scale * weight * double{value[d]});
    }
  }
  return expected;
}

std::string compare(const Problem& p, const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& o) {
  // Half an ulp of the type for each weight and for the result. The errors of the f32 sums are smaller.
  const double unit = unit_roundoff(p.dtype);
  for (std::int64_t b = 0; b < p.batch; ++b) {
    for (std::int64_t h = 0; h < p.heads; ++h) {
      for (std::int64_t i = 0; i < p.seq_q; ++i) {
        const Expected expected = expected_row(p, q, k, v, b, h, i);
        const auto first = static_cast<std::size_t>(((b * p.heads + h) * p.seq_q + i) * p.head_dim);
        for (std::size_t d = 0; d < expected.sums.size(); ++d) {
          const double got = double{decode(p.dtype, o.bits[first + d])};
          const double bound = unit * (expected.magnitudes[d] + std::abs(expected.sums[d])) + 1e-6;
          if (!(std::abs(got - expected.sums[d]) <= bound))
            return fmt::format("wrong: O[{}, {}, {}, {}] is {}, expected {} +- {}\n", b, h, i, d, got,
                               expected.sums[d], bound);
        }
      }
    }
  }
  return "";
}

// A copy in the backend's memory.
Buffer uploaded(Backend backend, const Tensor& t) {
  Buffer buffer(backend, 2 * t.bits.size());
  buffer.upload(t.bits.data(), buffer.bytes());
  return buffer;
}

}  // namespace

std::string linear_attention_failure(const Kernel& kernel, const Problem& p, std::uint64_t seed) {
  std::mt19937 random(static_cast<std::mt19937::result_type>(seed + 1));
  const Tensor q = random_tensor(p, p.heads, p.seq_q, random),
               k = random_tensor(p, p.kv_heads, p.seq_k, random),
               v = random_tensor(p, p.kv_heads, p.seq_k, random);
  Tensor o(p, p.heads, p.seq_q);
  for (std::uint16_t& bits : o.bits) bits = 0x7fff;  // NaN
  const Buffer q_memory = uploaded(kernel.backend, q), k_memory = uploaded(kernel.backend, k),
               v_memory = uploaded(kernel.backend, v), o_memory = uploaded(kernel.backend, o);
  const Tensors tensors{.q = q_memory.data(),
                        .k = k_memory.data(),
                        .v = v_memory.data(),
                        .o = o_memory.data(),
                        .lse = nullptr,
                        .q_strides = packed_strides(p.heads, p.seq_q, p.head_dim),
                        .k_strides = packed_strides(p.kv_heads, p.seq_k, p.head_dim),
                        .v_strides = packed_strides(p.kv_heads, p.seq_k, p.head_dim),
                        .o_strides = packed_strides(p.heads, p.seq_q, p.head_dim)};
  try {
    kernel.launch(p, tensors, {.schedule_seed = seed});
    synchronize(kernel.backend);
  } catch (const std::exception& error) {
    return std::string(error.what()) + "\n";
  }
  o_memory.download(o.bits.data(), o_memory.bytes());
  return compare(p, q, k, v, o);
}

std::vector<Problem> linear_attention_problems() {
  const auto problem = [](std::int64_t batch, std::int64_t heads, std::int64_t kv_heads, std::int64_t seq_q,
                          std::int64_t seq_k, std::int64_t dim, Dtype dtype) {
    return Problem{.batch = batch,
                   .heads = heads,
                   .kv_heads = kv_heads,
                   .seq_q = seq_q,
                   .seq_k = seq_k,
                   .head_dim = dim,
                   .dtype = dtype};
  };
  return {problem(1, 1, 1, 128, 64, 64, Dtype::f16), problem(1, 2, 1, 70, 333, 64, Dtype::bf16),
          problem(2, 1, 1, 131, 192, 128, Dtype::f16)};
}

}  // namespace warpgauge
