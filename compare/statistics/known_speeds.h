// Slower speeds that a case had in earlier rounds, and came back from.
//
// A case with two speeds, by chance, has a centre (the rounds that count) and a slower speed (rounds that
// were refused, or named as noise). A new round at that slower speed is no regression: the case is
// inconclusive. Everywhere else, between the speeds or beyond the slower one, the usual tests apply.
//
// A slower speed is known once a later round counted again. A regression that stays never does. A regression
// that comes again after it was repaired does: so a run of rounds at the slower speed must not be longer than
// chance explains. If s of n rounds before the run were at that speed, a run of k rounds has the probability
// (s + 1) / (n + 2) * (s + 2) / (n + 3) * ... * (s + k) / (n + k + 1). This is Laplace's rule of succession:
// it takes every share of slow rounds as equally likely beforehand, so that a share estimated from few rounds
// is not taken as known. At or below kPersistent the run is a regression.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace warpgauge {

inline constexpr double kPersistent = 0.001;

// The number of a case in a stored round: a log, larger is worse.
struct StoredNumber {
  double value = 0;
  bool counts = true;    // moves the centre
  bool is_known = true;  // counts, is named as noise, or a later round counted again
};

struct KnownSpeed {
  double value = 0;        // median of the stored rounds at this speed
  std::size_t rounds = 0;  // stored ones at this speed
};

// The slower speed that all slow rounds of head have; empty if there is none. `stored` is oldest first.
// `near` is the largest distance that noise explains between two rounds of one speed.
[[nodiscard]] std::optional<KnownSpeed> known_speed(std::span<const StoredNumber> stored,
                                                    std::span<const double> head, double centre, double near);

}  // namespace warpgauge
