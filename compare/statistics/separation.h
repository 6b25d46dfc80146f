// The separation test: every process of head is slower than every process of base, by more than a margin and
// by far more than the noise. It needs no variance, so that a case with two speeds, or with a slow process
// now and then, still shows that all of it became slower.
//
// Without a change, all m values of one side lie beyond all n of the other with a probability of 1 / C(m + n,
// n). That the gap between them is also `gap` robust deviations wide happens with at most 4.3 (1 + gap)^-3 of
// that. This bound is from simulation of normal, exponential and Student's t noise (2 and 4 degrees of
// freedom); a test holds it. A case whose two speeds have equal chances is separated without a change with a
// probability of 2 / 2^(m + n), whatever the test: hence kFewestSeparated.
//
// A single value per side that is more than six robust deviations from all others of both sides takes no
// part.
#pragma once

#include <cstddef>
#include <span>

namespace warpgauge {

inline constexpr std::size_t kFewestSeparated = 5;  // per side

// p of "head lies above base by more than `margin`". Values that are NaN are absent. 1 with fewer than
// kFewestSeparated values per side.
[[nodiscard]] double separation_p(std::span<const double> base, std::span<const double> head, double margin);

}  // namespace warpgauge
