// The part of generate.h that draws sequences of different lengths, and pages.
#pragma once

#include "fuzz/draws.h"
#include "fuzz/generate.h"

namespace warpgauge {

// In a quarter of the problems, with at least two sequences. Sizes shrink until the cost is low enough.
void draw_lengths(Draws& draws, const DrawLimits& limits, Problem& problem);

// In a quarter of the problems. Pages of 16 keys are common: they have the most boundaries.
void draw_pages(Draws& draws, Problem& problem);

}  // namespace warpgauge
