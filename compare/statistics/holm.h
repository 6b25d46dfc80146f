// Holm's step-down adjustment for many tests (Holm 1979, Scand. J. Statist. 6, 65-70), as R's p.adjust.
#pragma once

#include <algorithm>
#include <numeric>
#include <span>
#include <vector>

namespace warpgauge {

// Adjusted p, in the order of the input. A test is rejected at level alpha if its adjusted p <= alpha.
[[nodiscard]] inline std::vector<double> holm_adjust(std::span<const double> p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  std::vector<double> adjusted(p.size());
  double largest = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    largest = std::max(largest, std::min(1.0, p[order[rank]] * static_cast<double>(p.size() - rank)));
    adjusted[order[rank]] = largest;
  }
  return adjusted;
}

}  // namespace warpgauge
