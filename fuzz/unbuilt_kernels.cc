#include "fuzz/unbuilt_kernels.h"

#include <vector>

namespace warpgauge {

std::span<const std::string> unbuilt_kernels() {
  static const std::vector<std::string> ids{
#include "unbuilt_kernels.inc"
  };
  return ids;
}

}  // namespace warpgauge
