// The name of a case, kernel x problem, as it stands in Google Benchmark's names, baselines and replay lines:
//
//   KERNEL/DTYPE/B:32/H:8[/Hkv:2]/S:512[/Sk:1024]/D:64/causal:0[/scale:X]
//
// KERNEL is backend/name, as in "cuda/flash_mma". The bracketed parts stand only where they differ from H, S
// and 1/sqrt(D). Formatting and parsing are inverse to each other, to the bit of the scale.
#pragma once

#include <string>
#include <string_view>

#include "kernels/attention.h"

namespace warpgauge {

// "f32/B:32/H:8/S:512/D:64/causal:0": a problem without a kernel.
std::string format_problem(const Problem& problem);

// "cpu/naive/f32/B:32/...".
std::string format_case(std::string_view kernel, const Problem& problem);

struct ParsedCase {
  std::string kernel;  // empty where the text starts with the type
  Problem problem;
};

// Parses what the two functions above write. Throws std::invalid_argument that names the offending part, with
// a hint, when the text is anything else.
ParsedCase parse_case(std::string_view text);

}  // namespace warpgauge
