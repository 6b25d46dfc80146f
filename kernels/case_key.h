// The key of a case (kernel x problem). It is used in benchmark names, baselines and reproducers:
//
//   KERNEL/DTYPE/B:32/H:8[/Hkv:2]/S:512[/Sk:1024]/D:64[/Dv:128]/causal:0[/window:L,R][/softcap:X]
//     [/sinks:1][/bias:alibi|tensor][/lengths:ragged|long|empty][/page:N][/scale:X]
//
// KERNEL is backend/name, as in "cuda/flash_mma". Hkv, Sk, Dv and scale appear only if they differ from H, S,
// D and 1/sqrt(D), the other bracketed parts only if the problem has them. Parsing a formatted key gives the
// same problem, with a bit-identical scale.
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
  std::string kernel;  // empty if the text starts with the type
  Problem problem;
};

// Parses the output of the two functions above. Otherwise throws std::invalid_argument with the offending
// part and the expected format.
ParsedCase parse_case(std::string_view text);

}  // namespace warpgauge
