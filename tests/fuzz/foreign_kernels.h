// Right kernels of foreign design: row by row, with an online softmax over tiles of keys, and with the
// roundings to 16 bits of other libraries' kernels. Arithmetic is f32.
#pragma once

#include "kernels/kernel.h"

namespace warpgauge::foreign {

extern const Kernel kFlashAttention2;  // P, relative to the running maximum, before the division
extern const Kernel
    kSumsRoundedWeights;  // the same, and the row sum adds the rounded P, as FlashInfer's on tensor cores
extern const Kernel kUnfused;          // P after the division, as two GEMMs with a softmax between them
extern const Kernel kScalesQuery;      // scale * Q
extern const Kernel kRoundsLogits;     // scale * Q K^T
extern const Kernel kRoundsAll;        // Q, S, P before the division, and the row sum
extern const Kernel kFlashAttention3;  // as kFlashAttention2, and 2^8 P to e4m3 if V is e4m3
extern const Kernel kSumsE4m3Weights;  // as kSumsRoundedWeights, and P to e4m3 if V is e4m3

}  // namespace warpgauge::foreign
