// Right kernels of foreign design: row by row, with an online softmax over tiles of keys, and with the
// roundings to 16 bits of other libraries' kernels. Arithmetic is f32.
#pragma once

#include "kernels/kernel.h"

namespace warpgauge::foreign {

// Rounds P, relative to the running maximum, before it divides by the sum of the exact P.
extern const Kernel kFlashAttention2;

}  // namespace warpgauge::foreign
