#include "bench/operands.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace warpgauge::bench {
namespace {

void upload(Buffer& buffer, const Operand& operand, const Inputs& inputs, Dtype dtype, std::int64_t bytes) {
  std::vector<char> encoded(static_cast<std::size_t>(bytes));
  operand.encode(inputs, dtype, encoded.data());
  buffer.upload(encoded.data(), encoded.size());
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

// The first `count` numbers of the stream of bias elements.
std::vector<float> bias_stream(std::int64_t count, std::uint64_t seed) {
  if (count == 0) return {};
  // Few elements of Q and K beside those of the bias.
  const auto side = static_cast<std::int64_t>(std::ceil(std::sqrt(static_cast<double>(count))));
  Inputs in = make_inputs({.seq_q = side, .seq_k = side, .head_dim = 1, .bias = Bias::tensor},
                          InputFamily::normal, seed);
  in.bias.resize(static_cast<std::size_t>(count));
  return std::move(in.bias);
}

// Element n of each is the largest of the two.
void raise(PoolSizes::Bytes& most, const Problem& p, bool is_prefix) {
  const auto operands = all_operands();
  most.resize(operands.size(), Operand::kAbsent);
  for (std::size_t n = 0; n < operands.size(); ++n)
    if ((operands[n].kind == Operand::Kind::prefix) == is_prefix)
      most[n] = std::max(most[n], operands[n].bytes(p));
}

double sum(const PoolSizes::Bytes& bytes) {
  double total = 0;
  for (const std::int64_t each : bytes) total += static_cast<double>(std::max<std::int64_t>(0, each));
  return total;
}

bool has_own_inputs(const Problem& p) {
  return std::ranges::any_of(all_operands(), [&p](const Operand& operand) {
    return operand.kind == Operand::Kind::own && operand.bytes(p) != Operand::kAbsent;
  });
}

}  // namespace

void PoolSizes::Elements::raise_to(const Problem& p) {
  query = std::max(query, query_elements(p));
  key = std::max(key, key_elements(p));
  value = std::max(value, value_elements(p));
  bias = std::max(bias, timed_bias_elements(p));
}

double PoolSizes::bytes() const {
  double total = sum(others) + static_cast<double>(workspace_bytes) + saved.total();
  for (const auto& [dtype, bytes] : inputs) total += sum(bytes);
  return total;
}

PoolSizes pool_sizes(Backend backend, std::span<const Case> cases, int threads) {
  PoolSizes sizes;
  for (const Case& each : cases) {
    if (each.kernel->backend != backend || !each.unsupported.empty()) continue;
    const Problem& p = each.problem;
    raise(sizes.inputs[p.dtype], p, true);
    sizes.elements[p.dtype].raise_to(p);
    raise(sizes.others, p, false);
    sizes.saved.raise_to(renewal_sizes(p));
    sizes.workspace_bytes = std::max(sizes.workspace_bytes, each.kernel->workspace(p, threads));
  }
  return sizes;
}

OperandPool::OperandPool(Backend backend, std::span<const Case> cases, std::uint64_t seed, int threads)
    : backend_(backend), seed_(seed), threads_(threads), sizes_(pool_sizes(backend, cases, threads)) {
  const auto allocate = [&](std::int64_t bytes) { return touched(backend, bytes, threads); };
  const auto allocate_all = [&](const PoolSizes::Bytes& sizes) {
    Buffers buffers(sizes.size());
    for (std::size_t n = 0; n < sizes.size(); ++n)
      if (sizes[n] != Operand::kAbsent) buffers[n].emplace(allocate(sizes[n]));
    return buffers;
  };
  for (const auto& [dtype, sizes] : sizes_.inputs) {
    Buffers& buffers = inputs_[dtype] = allocate_all(sizes);
    const warpgauge::Inputs values = original_inputs(dtype);
    for (std::size_t n = 0; n < sizes.size(); ++n)
      if (buffers[n]) upload(*buffers[n], all_operands()[n], values, dtype, sizes[n]);
  }
  others_ = allocate_all(sizes_.others);
  workspace_.emplace(allocate(sizes_.workspace_bytes));
  saved_k_.emplace(allocate(sizes_.saved.key_bytes));
  saved_v_.emplace(allocate(sizes_.saved.value_bytes));
  saved_bias_.emplace(allocate(sizes_.saved.bias_bytes));
}

warpgauge::Inputs OperandPool::original_inputs(Dtype dtype) const {
  const PoolSizes::Elements& most = sizes_.elements.at(dtype);
  // One long row: element i depends on i only, so each smaller tensor is the beginning of this one.
  warpgauge::Inputs in = make_inputs(
      {.seq_q = most.query, .seq_k = std::max(most.key, most.value), .head_dim = 1, .dtype = dtype},
      InputFamily::normal, seed_);
  in.k.resize(static_cast<std::size_t>(most.key));
  in.v.resize(static_cast<std::size_t>(most.value));
  in.bias = bias_stream(most.bias, seed_);
  return in;
}

void OperandPool::set_own_inputs(warpgauge::Inputs& inputs, const Problem& p) const {
  if (!has_own_inputs(p)) return;
  Problem small = p;  // these inputs do not depend on lengths and batches
  small.batch = small.kv_heads = small.seq_q = small.seq_k = small.head_dim = 1;
  small.value_dim = 0;
  if (small.bias == Bias::tensor) small.bias = Bias::none;
  warpgauge::Inputs own = make_inputs(small, InputFamily::normal, seed_);
  inputs.sinks = std::move(own.sinks);
  inputs.slopes = std::move(own.slopes);
}

const Buffer& OperandPool::buffer(std::size_t operand, Dtype dtype) const {
  const bool is_prefix = all_operands()[operand].kind == Operand::Kind::prefix;
  return *(is_prefix ? inputs_.at(dtype) : others_)[operand];
}

Operands OperandPool::bind(const Kernel& kernel, const Problem& p) const {
  Operands bound{.problem = p,
                 .tensors = tensors_of(p),
                 .launch = {.threads = threads_,
                            .workspace = kernel.workspace(p, threads_) > 0 ? workspace_->data() : nullptr}};
  const auto operands = all_operands();
  for (std::size_t n = 0; n < operands.size(); ++n)
    if (const std::int64_t bytes = operands[n].bytes(p); bytes != Operand::kAbsent)
      bound.memory.push_back({buffer(n, p.dtype).data(), bytes});
  return bound;
}

Tensors OperandPool::tensors_of(const Problem& p) const {
  Tensors tensors = timed_tensors(p);
  const auto operands = all_operands();
  for (std::size_t n = 0; n < operands.size(); ++n)
    if (operands[n].bytes(p) != Operand::kAbsent) operands[n].bind(tensors, buffer(n, p.dtype).data());
  return tensors;
}

void OperandPool::erase_outputs(const Problem& p) {
  const auto operands = all_operands();
  for (std::size_t n = 0; n < operands.size(); ++n) {
    if (operands[n].kind != Operand::Kind::output) continue;
    if (backend_ == Backend::cuda)
      poison_cuda(others_[n]->data(), operands[n].bytes(p));
    else
      poison_cpu(others_[n]->data(), operands[n].bytes(p), threads_);
  }
}

void OperandPool::write_own_inputs(const Problem& p, RenewalDraw draw) {
  if (!has_own_inputs(p)) return;
  warpgauge::Inputs inputs;
  set_own_inputs(inputs, p);
  renew_own_inputs(inputs, p, draw);
  const auto operands = all_operands();
  for (std::size_t n = 0; n < operands.size(); ++n)
    if (const std::int64_t bytes = operands[n].bytes(p);
        operands[n].kind == Operand::Kind::own && bytes != Operand::kAbsent)
      upload(*others_[n], operands[n], inputs, p.dtype, bytes);
}

void OperandPool::require_restored(const Problem& p) const {
  if (!draw_.is_none() && renewed_ != p)
    throw std::logic_error("the inputs of another case are renewed; restore them first");
}

void OperandPool::prepare(const Problem& p) {
  require_restored(p);
  restore();
  write_own_inputs(p, RenewalDraw(0));
  erase_outputs(p);
}

void OperandPool::renew(const Problem& p, RenewalDraw draw) {
  require_restored(p);
  renewed_ = p;
  change_inputs(draw);
  erase_outputs(p);
}

void OperandPool::restore() {
  if (!draw_.is_none()) change_inputs(RenewalDraw(0));
}

void OperandPool::change_inputs(RenewalDraw draw) {
  const Tensors tensors = tensors_of(renewed_);
  const RenewedInputs all{.problem = renewed_,
                          .q = const_cast<void*>(tensors.q),
                          .k = const_cast<void*>(tensors.k),
                          .v = const_cast<void*>(tensors.v),
                          .bias = const_cast<float*>(tensors.bias),
                          .saved_k = saved_k_->data(),
                          .saved_v = saved_v_->data(),
                          .saved_bias = static_cast<float*>(saved_bias_->data()),
                          .threads = threads_};
  (backend_ == Backend::cuda ? renew_cuda : renew_cpu)(all, draw_, draw);
  write_own_inputs(renewed_, draw);
  draw_ = draw;
}

Output OperandPool::download(const Problem& p) const {
  const Buffer &o = buffer(operand_index("O"), p.dtype), &lse = buffer(operand_index("LSE"), p.dtype);
  return {.o = with_element_type(p.dtype, [&]<class T>(T) { return widen<T>(o, output_elements(p)); }),
          .lse = widen<float>(lse, lse_elements(p)),
          .unwritten_rows = {},
          .unwritten_lse_rows = {}};
}

}  // namespace warpgauge::bench
