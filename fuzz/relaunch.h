// Launches after the first one of a check. A kernel may keep nothing that depends on its operands.
#pragma once

#include <cstdint>
#include <vector>

#include "fuzz/check.h"

namespace warpgauge {

struct RelaunchCase {
  const Kernel& kernel;
  std::uint64_t seed;
  int threads;
  GuardedTensors& first;  // the operands of the first launch
};

// The same inputs in other memory with other strides, while the first memory holds poison. `reference` is
// null for the family `counting`.
[[nodiscard]] std::vector<Failure> relaunch_elsewhere(const RelaunchCase& again, const Inputs& inputs,
                                                      const Reference* reference);

// Other inputs of the same problem in the first memory, with the first strides.
[[nodiscard]] std::vector<Failure> relaunch_with_other_contents(const RelaunchCase& again,
                                                                const Inputs& others,
                                                                const Reference& reference);

// One query of the inputs, with the keys that it sees and without a mask. Its bits must be those of `output`.
[[nodiscard]] std::vector<Failure> launch_one_query(const RelaunchCase& again, const Inputs& inputs,
                                                    const Output& output);

}  // namespace warpgauge
