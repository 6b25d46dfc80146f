#include "bench/watched_launch.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "bench/watched_memory.h"
#include "fuzz/inputs.h"

namespace warpgauge::bench {
namespace {

void copy_to(const WatchedMemory& memory, const std::vector<float>& values, Dtype dtype) {
  with_element_type(dtype, [&]<class T>(T) {
    T* typed = static_cast<T*>(memory.data());
    for (const float value : values) *typed++ = T(value);
  });
}

}  // namespace

std::string writes_elsewhere(const Kernel& kernel, const Problem& p, std::uint64_t seed, int threads) {
  const auto bytes = [&](std::int64_t elements) {
    return static_cast<std::size_t>(elements * dtype_bytes(p.dtype));
  };
  WatchedMemory q(bytes(query_elements(p)), false), k(bytes(key_elements(p)), false),
      v(bytes(key_elements(p)), false), o(bytes(query_elements(p)), true),
      lse(static_cast<std::size_t>(lse_elements(p)) * sizeof(float), true);
  const Inputs inputs = make_inputs(p, InputFamily::normal, seed);
  copy_to(q, inputs.q, p.dtype);
  copy_to(k, inputs.k, p.dtype);
  copy_to(v, inputs.v, p.dtype);
  const std::pair<const char*, WatchedMemory*> all[] = {
      {"Q", &q}, {"K", &k}, {"V", &v}, {"O", &o}, {"LSE", &lse}};
  for (const auto& [name, memory] : all) memory->watch();

  const Buffer workspace(kernel.backend, static_cast<std::size_t>(kernel.workspace(p, threads)));
  const Strides query = packed_strides(p.heads, p.seq_q, p.head_dim),
                key = packed_strides(p.kv_heads, p.seq_k, p.head_dim);
  kernel.launch(p,
                {.q = q.data(),
                 .k = k.data(),
                 .v = v.data(),
                 .o = o.data(),
                 .lse = static_cast<float*>(lse.data()),
                 .q_strides = query,
                 .k_strides = key,
                 .v_strides = key,
                 .o_strides = query},
                {.threads = threads, .workspace = workspace.data()});
  for (const auto& [name, memory] : all)
    if (const std::string where = memory->violation(); !where.empty())
      return fmt::format("writes outside of its outputs: to {} ({}), even if it restores what was there",
                         name, where);
  return {};
}

}  // namespace warpgauge::bench
