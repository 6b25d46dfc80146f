// Operands of a wgmma in shared memory, for the tests of findings.
#pragma once

#include <string>

#include "tests/simt/expect_finding.h"

namespace warpgauge::simt {

struct Operands {
  f16* a;
  f16* b;
};

SIMT_DEVICE Operands make_operands(bool fence = true) {
  SharedMemory shared;
  const Operands tiles{shared.array<f16>("A", 4096, 1024), shared.array<f16>("B", 4096, 1024)};
  for (int i = thread_index(); i < 4096; i += kWarpgroupSize) tiles.a[i] = tiles.b[i] = f16{};  // fills
  if (fence) fence_proxy_async();
  syncthreads();
  return tiles;
}
inline const std::string kFills = line(__LINE__ - 5);

}  // namespace warpgauge::simt
