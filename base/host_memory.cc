#include "base/host_memory.h"

#include <cstdint>
#include <fstream>
#include <string>

namespace warpgauge {
namespace {

constexpr double kAddressSpace = 0x1p47;  // x86-64, user half

}  // namespace

double available_memory_bytes() {
  std::ifstream meminfo("/proc/meminfo");
  std::string name, unit;
  std::int64_t kib = 0;
  while (meminfo >> name >> kib && std::getline(meminfo, unit))
    if (name == "MemAvailable:") return 1024 * static_cast<double>(kib);
  return kAddressSpace;
}

}  // namespace warpgauge
