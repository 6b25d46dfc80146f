#include "compare/statistics/known_speeds.h"

#include <cmath>
#include <vector>

#include "base/quantile.h"

namespace warpgauge {
namespace {

// Whether `slow` new rounds at this speed are more than chance explains.
bool is_persistent(std::span<const StoredNumber> stored, double speed, double near, std::size_t slow) {
  const auto at_speed = [&](const StoredNumber& one) { return std::abs(one.value - speed) <= near; };
  std::size_t before = stored.size();
  while (before > 0 && at_speed(stored[before - 1])) --before;
  double seen = 0;
  for (const StoredNumber& one : stored.first(before)) seen += at_speed(one);
  const double share = (seen + 1) / (static_cast<double>(before) + 2);
  return std::pow(share, static_cast<double>(slow + stored.size() - before)) <= kPersistent;
}

}  // namespace

std::optional<KnownSpeed> known_speed(std::span<const StoredNumber> stored, std::span<const double> head,
                                      double centre, double near) {
  std::vector<double> slow;
  for (const double one : head)
    if (one > centre + near) slow.push_back(one);
  if (slow.empty()) return std::nullopt;
  std::vector<double> at_speed;
  for (const StoredNumber& one : stored)
    if (one.is_known && !one.counts && one.value > centre + near && std::abs(one.value - slow[0]) <= near)
      at_speed.push_back(one.value);
  if (at_speed.empty()) return std::nullopt;
  const double speed = median(at_speed);
  for (const double one : slow)
    if (std::abs(one - speed) > near) return std::nullopt;
  if (is_persistent(stored, speed, near, slow.size())) return std::nullopt;
  return KnownSpeed{speed, at_speed.size()};
}

}  // namespace warpgauge
