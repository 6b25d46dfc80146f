// Student's t distribution: tails and quantiles, from Boost.Math. With infinite degrees of freedom it is the
// normal distribution.
#pragma once

namespace warpgauge {

[[nodiscard]] double student_upper(double t, double df);           // P(T > t)
[[nodiscard]] double student_quantile(double p, double df);        // t with P(T <= t) = p, 0 < p < 1
[[nodiscard]] double student_upper_quantile(double p, double df);  // t with P(T > t) = p, accurate for tiny p

// The non-centrality at which a t test with this critical value has this power, 0 < power < 1; exact to 1e-3.
// Method: the normal approximation of Jennett & Welch 1939, corrected by one exact tail.
[[nodiscard]] double noncentrality_for_power(double critical, double df, double power);

}  // namespace warpgauge
