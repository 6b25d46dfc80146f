#include "bench/operands.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "fuzz/inputs.h"

namespace warpgauge::bench {
namespace {

template <class T>
std::vector<T> narrow(const std::vector<float>& values) {
  std::vector<T> narrowed(values.size());
  std::transform(values.begin(), values.end(), narrowed.begin(), [](float value) { return T(value); });
  return narrowed;
}

void upload(Buffer& buffer, const std::vector<float>& values, Dtype dtype) {
  with_element_type(dtype, [&]<class T>(T) {
    const std::vector<T> typed = narrow<T>(values);
    buffer.upload(typed.data(), typed.size() * sizeof(T));
  });
}

template <class T>
std::vector<float> widen(const Buffer& buffer, std::int64_t count) {
  std::vector<T> typed(static_cast<std::size_t>(count));
  buffer.download(typed.data(), typed.size() * sizeof(T));
  std::vector<float> values(typed.size());
  std::transform(typed.begin(), typed.end(), values.begin(),
                 [](T value) { return static_cast<float>(value); });
  return values;
}

// Linux places a page on the NUMA node of the thread that touches it first: here, the thread that will use
// it.
Buffer touched(Backend backend, std::int64_t bytes, int threads) {
  Buffer buffer(backend, static_cast<std::size_t>(bytes));
  if (backend == Backend::cpu) {
    constexpr std::int64_t kBlock = 1 << 16;
    auto* memory = static_cast<char*>(buffer.data());
#pragma omp parallel for schedule(static) num_threads(threads)
    for (std::int64_t begin = 0; begin < bytes; begin += kBlock)
      std::memset(memory + begin, 0, static_cast<std::size_t>(std::min(kBlock, bytes - begin)));
  }
  return buffer;
}

}  // namespace

double PoolSizes::bytes() const {
  double sum = static_cast<double>(o_bytes) + static_cast<double>(lse_bytes) +
               static_cast<double>(workspace_bytes) + 2 * static_cast<double>(saved_bytes);
  for (const auto& [dtype, elements] : inputs)
    sum += static_cast<double>(dtype_bytes(dtype)) *
           (static_cast<double>(elements.query) + 2 * static_cast<double>(elements.key));
  return sum;
}

PoolSizes pool_sizes(Backend backend, std::span<const Case> cases, int threads) {
  PoolSizes sizes;
  for (const Case& each : cases) {
    if (each.kernel->backend != backend || !each.unsupported.empty()) continue;
    const Problem& p = each.problem;
    PoolSizes::Elements& inputs = sizes.inputs[p.dtype];
    inputs.query = std::max(inputs.query, query_elements(p));
    inputs.key = std::max(inputs.key, key_elements(p));
    sizes.o_bytes = std::max(sizes.o_bytes, query_elements(p) * dtype_bytes(p.dtype));
    sizes.lse_bytes = std::max(sizes.lse_bytes, lse_elements(p) * std::int64_t{sizeof(float)});
    sizes.saved_bytes = std::max(sizes.saved_bytes, renewed_elements(p) * dtype_bytes(p.dtype));
    sizes.workspace_bytes = std::max(sizes.workspace_bytes, each.kernel->workspace(p, threads));
  }
  return sizes;
}

OperandPool::OperandPool(Backend backend, std::span<const Case> cases, std::uint64_t seed, int threads)
    : backend_(backend), seed_(seed), threads_(threads), sizes_(pool_sizes(backend, cases, threads)) {
  for (const auto& [dtype, sizes] : sizes_.inputs) {
    const warpgauge::Inputs values = original_inputs(dtype);
    const auto buffer = [&](std::int64_t elements) {
      return touched(backend, elements * dtype_bytes(dtype), threads);
    };
    Inputs& inputs = inputs_.emplace(dtype, Inputs{buffer(sizes.query), buffer(sizes.key), buffer(sizes.key)})
                         .first->second;
    upload(inputs.q, values.q, dtype);
    upload(inputs.k, values.k, dtype);
    upload(inputs.v, values.v, dtype);
  }
  const auto allocate = [&](std::int64_t bytes) {
    return std::make_unique<Buffer>(touched(backend, bytes, threads));
  };
  o_ = allocate(sizes_.o_bytes);
  lse_ = allocate(sizes_.lse_bytes);
  workspace_ = allocate(sizes_.workspace_bytes);
  saved_k_ = allocate(sizes_.saved_bytes);
  saved_v_ = allocate(sizes_.saved_bytes);
}

warpgauge::Inputs OperandPool::original_inputs(Dtype dtype) const {
  const PoolSizes::Elements& sizes = sizes_.inputs.at(dtype);
  // One long row: element i depends on i only, so each smaller tensor is the beginning of this one.
  return make_inputs({.seq_q = sizes.query, .seq_k = sizes.key, .head_dim = 1, .dtype = dtype},
                     InputFamily::normal, seed_);
}

Operands OperandPool::bind(const Kernel& kernel, const Problem& p) const {
  const Inputs& inputs = inputs_.at(p.dtype);
  const Strides query = packed_strides(p.heads, p.seq_q, p.head_dim),
                key = packed_strides(p.kv_heads, p.seq_k, p.head_dim);
  return {.problem = p,
          .tensors = {.q = inputs.q.data(),
                      .k = inputs.k.data(),
                      .v = inputs.v.data(),
                      .o = o_->data(),
                      .lse = static_cast<float*>(lse_->data()),
                      .q_strides = query,
                      .k_strides = key,
                      .v_strides = key,
                      .o_strides = query},
          .launch = {.threads = threads_,
                     .workspace = kernel.workspace(p, threads_) > 0 ? workspace_->data() : nullptr}};
}

void OperandPool::erase_outputs(const Problem& p) {
  const auto erase = [this](Buffer& buffer, std::int64_t bytes) {
    if (backend_ == Backend::cuda)
      poison_cuda(buffer.data(), bytes);
    else
      poison_cpu(buffer.data(), bytes, threads_);
  };
  erase(*o_, query_elements(p) * dtype_bytes(p.dtype));
  erase(*lse_, lse_elements(p) * std::int64_t{sizeof(float)});
}

void OperandPool::renew(const Problem& p, RenewalDraw draw) {
  if (!draw_.is_none() && renewed_ != p)
    throw std::logic_error("the inputs of another case are renewed; restore them first");
  renewed_ = p;
  change_inputs(draw);
  erase_outputs(p);
}

void OperandPool::restore() {
  if (!draw_.is_none()) change_inputs(RenewalDraw(0));
}

void OperandPool::change_inputs(RenewalDraw draw) {
  const Inputs& inputs = inputs_.at(renewed_.dtype);
  const RenewedInputs all{.problem = renewed_,
                          .q = inputs.q.data(),
                          .k = inputs.k.data(),
                          .v = inputs.v.data(),
                          .saved_k = saved_k_->data(),
                          .saved_v = saved_v_->data(),
                          .threads = threads_};
  (backend_ == Backend::cuda ? renew_cuda : renew_cpu)(all, draw_, draw);
  draw_ = draw;
}

Output OperandPool::download(const Problem& p) const {
  Output output;
  output.o = with_element_type(p.dtype, [&]<class T>(T) { return widen<T>(*o_, query_elements(p)); });
  output.lse = widen<float>(*lse_, lse_elements(p));
  return output;
}

}  // namespace warpgauge::bench
