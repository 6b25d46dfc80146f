#include "bench/operand_list.h"

#include <algorithm>
#include <vector>

namespace warpgauge::bench {
namespace {

constexpr std::int64_t kFloat = sizeof(float);

void encode(const std::vector<float>& values, Dtype dtype, void* target) {
  with_element_type(dtype, [&]<class T>(T) {
    T* typed = static_cast<T*>(target);
    for (const float value : values) *typed++ = T(value);
  });
}

constexpr Operand kOperands[] = {
    {"Q", Operand::Kind::prefix, [](const Problem& p) { return query_elements(p) * dtype_bytes(p.dtype); },
     [](const Inputs& in, Dtype dtype, void* to) { encode(in.q, dtype, to); },
     [](Tensors& t, void* memory) { t.q = memory; }},
    {"K", Operand::Kind::prefix, [](const Problem& p) { return key_elements(p) * dtype_bytes(p.dtype); },
     [](const Inputs& in, Dtype dtype, void* to) { encode(in.k, dtype, to); },
     [](Tensors& t, void* memory) { t.k = memory; }},
    {"V", Operand::Kind::prefix, [](const Problem& p) { return value_elements(p) * dtype_bytes(p.dtype); },
     [](const Inputs& in, Dtype dtype, void* to) { encode(in.v, dtype, to); },
     [](Tensors& t, void* memory) { t.v = memory; }},
    {"the bias", Operand::Kind::prefix,
     [](const Problem& p) {
       return p.bias == Bias::tensor ? timed_bias_elements(p) * kFloat : Operand::kAbsent;
     },
     [](const Inputs& in, Dtype, void* to) { encode(in.bias, Dtype::f32, to); },
     [](Tensors& t, void* memory) { t.bias = static_cast<const float*>(memory); }},
    {"the sinks", Operand::Kind::own,
     [](const Problem& p) { return p.sinks ? p.heads * kFloat : Operand::kAbsent; },
     [](const Inputs& in, Dtype, void* to) { encode(in.sinks, Dtype::f32, to); },
     [](Tensors& t, void* memory) { t.sinks = static_cast<const float*>(memory); }},
    {"the slopes", Operand::Kind::own,
     [](const Problem& p) { return p.bias == Bias::alibi ? p.heads * kFloat : Operand::kAbsent; },
     [](const Inputs& in, Dtype, void* to) { encode(in.slopes, Dtype::f32, to); },
     [](Tensors& t, void* memory) { t.slopes = static_cast<const float*>(memory); }},
    {"O", Operand::Kind::output, [](const Problem& p) { return output_elements(p) * dtype_bytes(p.dtype); },
     nullptr, [](Tensors& t, void* memory) { t.o = memory; }},
    {"LSE", Operand::Kind::output, [](const Problem& p) { return lse_elements(p) * kFloat; }, nullptr,
     [](Tensors& t, void* memory) { t.lse = static_cast<float*>(memory); }},
};

}  // namespace

std::span<const Operand> all_operands() {
  return kOperands;
}

std::size_t operand_index(std::string_view name) {
  return static_cast<std::size_t>(std::ranges::find(kOperands, name, &Operand::name) - kOperands);
}

Tensors timed_tensors(const Problem& p) {
  Tensors tensors = packed_tensors(p);
  tensors.bias_strides.batch = 0;
  return tensors;
}

std::int64_t timed_bias_elements(const Problem& p) {
  return bias_elements(p) / p.batch;
}

std::string timed_variant_error(const Problem& p) {
  const Problem covered{.batch = p.batch,
                        .heads = p.heads,
                        .kv_heads = p.kv_heads,
                        .seq_q = p.seq_q,
                        .seq_k = p.seq_k,
                        .head_dim = p.head_dim,
                        .dtype = p.dtype,
                        .mask = p.mask,
                        .scale = p.scale,
                        .value_dim = p.value_dim,
                        .window = p.window,
                        .softcap = p.softcap,
                        .sinks = p.sinks,
                        .bias = p.bias};
  const bool is_covered = covered == p && !has_descales(p);
  return is_covered ? "" : "bench does not time this variant of attention";
}

}  // namespace warpgauge::bench
