// One planted bug for each thing that the emulator claims to find, and its right counterpart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/simt/simt.h"

namespace warpgauge::simt {
namespace {

struct NoParams {};

SIMT_KERNEL(32) neighbours_without_barrier(NoParams) {
  SharedMemory shared;
  int* values = shared.array<int>("values", 32);
  values[thread_index()] = thread_index();
  values[(thread_index() + 1) % 32] += 1;
}

TEST(Findings, race) {
  const Grid grid{.blocks = {}, .threads = 32, .shared_bytes = 128};
  launch<neighbours_without_barrier>("test", grid, NoParams{}, {}, {});
}

}  // namespace
}  // namespace warpgauge::simt
