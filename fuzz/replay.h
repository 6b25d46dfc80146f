// The one line that reproduces a check:
//
//   cpu/naive/f32/B:1/H:2/S:17/D:64/causal:1 seed=7 family=normal layout=packed threads=1
//
// The settings may stand in any order and be left out (seed 0, normal, packed, one thread). Without a kernel
// the line is meant for every kernel.
#pragma once

#include <string>
#include <string_view>

#include "fuzz/generate.h"

namespace warpgauge {

std::string format_replay(std::string_view kernel, const FuzzCase& fuzz_case);

struct Replay {
  std::string kernel;  // an id, or a bare name; empty: every kernel
  FuzzCase fuzz_case;

  bool is_for(const Kernel& k) const { return kernel.empty() || kernel == k.id() || kernel == k.name; }
};

// Throws std::invalid_argument that names the offending part, with a hint.
Replay parse_replay(std::string_view line);

}  // namespace warpgauge
