// Samples for the tests of the rules without blocks.
#pragma once

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "compare/statistics/two_sample_rule.h"

namespace warpgauge {

inline constexpr double kAbsent = std::numeric_limits<double>::quiet_NaN();

// `cases` cases with noise of .4 % per unit. The first is slower in head, by the factor `ratio`.
inline std::vector<TwoSampleCase> samples(int cases, int base, int head, double ratio) {
  std::mt19937_64 random(11);
  std::normal_distribution<double> noise(0, 0.004);
  std::vector<TwoSampleCase> all(static_cast<std::size_t>(cases));
  for (std::size_t c = 0; c < all.size(); ++c) {
    for (int i = 0; i < base; ++i) all[c].base.push_back(noise(random));
    for (int i = 0; i < head; ++i) all[c].head.push_back(noise(random) + (c == 0 ? std::log(ratio) : 0));
  }
  return all;
}

}  // namespace warpgauge
