#include "fuzz/memory.h"

#include <cmath>
#include <cstdint>
#include <fstream>

#include "fuzz/rows.h"

namespace warpgauge {
namespace {

constexpr double kAddressable = 0x1p47;  // bytes of a process

double operand_bytes(const Kernel& kernel, const Problem& p) {
  const bool on_host = kernel.backend != Backend::cuda;
  const auto query = static_cast<double>(query_elements(p)), key = static_cast<double>(key_elements(p)),
             lse = static_cast<double>(lse_elements(p));
  const auto typed = static_cast<double>(dtype_bytes(p.dtype));
  const double wide = 4 * (query + 2 * key) + 2 * 4 * (query + lse);
  const double guarded = on_host ? typed * 2 * (query + key) + 4 * lse : 0;
  const double image = typed * std::fmax(query, key);  // one operand on its way to or from its buffer
  return wide + guarded + image + (attention_flops(p) <= kAllRowsFlops ? 8 * query : 0);
}

}  // namespace

double free_memory_bytes() {
  std::ifstream meminfo("/proc/meminfo");
  std::string name, unit;
  std::int64_t kib = 0;
  while (meminfo >> name >> kib && std::getline(meminfo, unit))
    if (name == "MemAvailable:") return 1024 * static_cast<double>(kib);
  return kAddressable;
}

std::string in_gib(double bytes) {
  return std::to_string(static_cast<std::int64_t>(std::ceil(bytes / 0x1p30))) + " GiB";
}

double check_bytes(const Kernel& kernel, const Problem& p, int threads) {
  const double operands = operand_bytes(kernel, p);
  // Past the address space a kernel's own sum of what it needs may not fit an integer either.
  if (kernel.backend == Backend::cuda || operands > kAddressable) return operands;
  return operands + static_cast<double>(kernel.workspace(p, threads));
}

std::string memory_needed(const Kernel& kernel, const Problem& p, int threads) {
  return "takes about " + in_gib(check_bytes(kernel, p, threads)) + " of memory";
}

std::string memory_lacking(const Kernel& kernel, const Problem& p, int threads) {
  const double free = free_memory_bytes();
  if (check_bytes(kernel, p, threads) <= free) return {};
  return memory_needed(kernel, p, threads) + ", of which " + in_gib(free) + " are free";
}

}  // namespace warpgauge
