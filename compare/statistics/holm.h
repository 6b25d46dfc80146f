// Holm's step-down adjustment for many tests (Holm 1979, Scand. J. Statist. 6, 65-70), as R's p.adjust.
#pragma once

#include <span>
#include <vector>

namespace warpgauge {

// Adjusted p, in the order of the input: a test is rejected at level alpha where its adjusted p <= alpha.
std::vector<double> holm_adjust(std::span<const double> p);

}  // namespace warpgauge
