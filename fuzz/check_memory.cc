#include "fuzz/check_memory.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/host_memory.h"
#include "base/number_format.h"
#include "fuzz/rows.h"
#include "kernels/sequences.h"

namespace warpgauge {
namespace {

constexpr double kAddressSpace = 0x1p47;  // bytes of a process on x86-64

double operand_bytes(const Kernel& kernel, const Problem& p) {
  const bool on_host = kernel.backend != Backend::cuda;
  const auto query = static_cast<double>(query_elements(p)), output = static_cast<double>(output_elements(p)),
             key = static_cast<double>(key_elements(p)), value = static_cast<double>(value_elements(p)),
             lse = static_cast<double>(lse_elements(p)), bias = static_cast<double>(bias_elements(p));
  const auto bytes = [](Dtype dtype) { return static_cast<double>(dtype_bytes(dtype)); };
  const TensorShape keys = key_shape(p, packed_tensors(p));  // with pages more than in the inputs
  const double key_rows = static_cast<double>(keys.blocks * keys.heads) * static_cast<double>(keys.rows);
  const double q_bytes = bytes(query_type(p)) * query, o_bytes = bytes(output_type(p)) * output,
               k_bytes = bytes(key_type(p)) * key_rows * static_cast<double>(p.head_dim),
               v_bytes = bytes(key_type(p)) * key_rows * static_cast<double>(value_dim_of(p));
  const double wide = 4 * (query + key + value + bias) + 2 * 4 * (output + lse);
  const double guarded = on_host ? q_bytes + k_bytes + v_bytes + o_bytes + 4 * (lse + bias) : 0;
  // One operand on its way to or from its buffer.
  const double image = std::max({q_bytes, k_bytes, v_bytes, o_bytes, 4 * bias});
  return wide + guarded + image + (attention_flops(p) <= kAllRowsFlops ? 16 * output : 0);
}

}  // namespace

double check_bytes(const Kernel& kernel, const Problem& p, int threads) {
  const double operands = operand_bytes(kernel, p);
  // Beyond the address space a kernel's own computation of its workspace may overflow.
  if (kernel.backend == Backend::cuda || operands > kAddressSpace) return operands;
  return operands + static_cast<double>(kernel.workspace(p, threads));
}

std::string memory_needed(const Kernel& kernel, const Problem& p, int threads) {
  return fmt::format("needs about {} of memory", format_bytes(check_bytes(kernel, p, threads)));
}

std::string memory_shortage(const Kernel& kernel, const Problem& p, int threads) {
  const double available = available_memory_bytes();
  if (check_bytes(kernel, p, threads) <= available) return {};
  return fmt::format("{}, {} are free", memory_needed(kernel, p, threads), format_bytes(available));
}

}  // namespace warpgauge
