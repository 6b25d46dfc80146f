// Student's t: central and non-central tails and quantiles, from Boost.Math; infinite degrees of freedom are
// the normal distribution.
#pragma once

namespace warpgauge {

double student_upper(double t, double df);           // P(T > t)
double student_quantile(double p, double df);        // t with P(T <= t) = p, 0 < p < 1
double student_upper_quantile(double p, double df);  // t with P(T > t) = p, exact for tiny p

// The non-centrality at which a t test that rejects above `critical` does so with this power, 0 < power < 1;
// to 1e-3. Method: the normal approximation of Jennett & Welch 1939, corrected by one exact tail.
double noncentrality_for_power(double critical, double df, double power);

}  // namespace warpgauge
