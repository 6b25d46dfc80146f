#include "compare/statistics/power/rivals.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace warpgauge::power {

double mann_whitney_p(std::span<const double> x, std::span<const double> y) {
  std::vector<double> all(x.begin(), x.end());
  all.insert(all.end(), y.begin(), y.end());
  std::sort(all.begin(), all.end());
  const auto m = static_cast<double>(x.size()), n = static_cast<double>(y.size()), total = m + n;
  double rank_sum = 0, ties = 0;
  for (const double value : x) {
    const auto [first, last] = std::equal_range(all.begin(), all.end(), value);
    rank_sum += 0.5 * static_cast<double>((first - all.begin()) + (last - all.begin()) + 1);
  }
  for (auto first = all.begin(); first != all.end();) {
    const auto last = std::upper_bound(first, all.end(), *first);
    const auto count = static_cast<double>(last - first);
    ties += count * (count * count - 1);
    first = last;
  }
  const double variance = m * n / 12 * (total + 1 - ties / (total * (total - 1)));
  if (variance <= 0) return 1;
  const double u = rank_sum - m * (m + 1) / 2;
  const double z = std::max(0.0, (std::abs(u - m * n / 2) - 0.5)) / std::sqrt(variance);
  return std::erfc(z / std::sqrt(2.0));
}

}  // namespace warpgauge::power
