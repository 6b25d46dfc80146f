// Inputs of variants: sinks, slopes, bias tensors, and factors of e4m3 operands.
#pragma once

#include "fuzz/inputs.h"

namespace warpgauge {

// Fills those that the problem has, by the seed and the family of the inputs.
void add_variants(Inputs& in);

}  // namespace warpgauge
