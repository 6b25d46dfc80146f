// A reproducer: one line that names a check and all of its settings.
//
//   cpu/naive/f32/B:1/H:2/S:17/D:64/causal:1 seed=7 family=normal layout=packed threads=1
//
// The settings may come in any order. Defaults: seed=0 family=normal layout=packed guard=bands threads=1. A
// line without a kernel applies to every kernel.
#pragma once

#include <string>
#include <string_view>

#include "fuzz/generate.h"

namespace warpgauge {

[[nodiscard]] std::string format_reproducer(std::string_view kernel, const FuzzCase& fuzz_case);

struct Reproducer {
  std::string kernel;  // an id, or a name without its backend; empty: every kernel
  FuzzCase fuzz_case;

  // `id` is a kernel's id: "cpu/naive".
  [[nodiscard]] bool applies_to(std::string_view id) const;
};

// Throws std::invalid_argument that names the wrong part and says what is expected there.
[[nodiscard]] Reproducer parse_reproducer(std::string_view line);

}  // namespace warpgauge
