#include "compare/statistics/known_speeds.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/quantile.h"

namespace warpgauge {
namespace {

// Whether the run of rounds at this speed, which ends with `slow` new ones, is longer than chance explains.
bool is_persistent(std::span<const StoredNumber> stored, double speed, double near, std::size_t slow) {
  const auto at_speed = [&](const StoredNumber& one) { return std::abs(one.value - speed) <= near; };
  std::size_t before = stored.size();
  while (before > 0 && at_speed(stored[before - 1])) --before;
  const auto seen = static_cast<std::size_t>(std::ranges::count_if(stored.first(before), at_speed));
  const std::size_t run = slow + stored.size() - before;
  double chance = 1;
  for (std::size_t i = 0; i < run; ++i)
    chance *= static_cast<double>(seen + 1 + i) / static_cast<double>(before + 2 + i);
  return chance <= kPersistent;
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
