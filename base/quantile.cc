#include "base/quantile.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace warpgauge {

double quantile(std::span<const double> values, double probability) {
  std::vector<double> sorted(values.begin(), values.end());
  const double rank = probability * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(rank);
  const auto low = sorted.begin() + static_cast<std::ptrdiff_t>(below);
  std::nth_element(sorted.begin(), low, sorted.end());
  if (below + 1 == sorted.size()) return *low;
  return std::lerp(*low, *std::min_element(low + 1, sorted.end()), rank - static_cast<double>(below));
}

double sorted_quantile(std::span<const double> ascending, double probability) {
  const double rank = probability * static_cast<double>(ascending.size() - 1);
  const auto below = static_cast<std::size_t>(rank);
  const std::size_t above = std::min(below + 1, ascending.size() - 1);
  return std::lerp(ascending[below], ascending[above], rank - static_cast<double>(below));
}

double median(std::span<const double> values) {
  return quantile(values, 0.5);
}

}  // namespace warpgauge
