#include "compare/statistics/student.h"

#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace warpgauge {
namespace {

namespace bm = boost::math;

// Evaluation in double is exact to 1e-13 here, and several times as fast as Boost's default, long double.
using Policy = bm::policies::policy<bm::policies::promote_double<false>>;
using Normal = bm::normal_distribution<double, Policy>;
using Student = bm::students_t_distribution<double, Policy>;
using NonCentral = bm::non_central_t_distribution<double, Policy>;

// Above this, t and the normal distribution agree to 1e-7 in the tested tails, and Boost's series are slow.
constexpr double kNormalDf = 1e7;
// Above this, the normal approximation of the non-central t is exact to 1e-4 of the non-centrality.
constexpr double kNormalNonCentralDf = 1e4;
constexpr double kLargestNonCentrality = 30;

}  // namespace

double student_upper(double t, double df) {
  if (std::isinf(t)) return t > 0 ? 0 : 1;
  return df > kNormalDf ? bm::cdf(bm::complement(Normal(), t)) : bm::cdf(bm::complement(Student(df), t));
}

double student_quantile(double p, double df) {
  return df > kNormalDf ? bm::quantile(Normal(), p) : bm::quantile(Student(df), p);
}

double student_upper_quantile(double p, double df) {
  return df > kNormalDf ? bm::quantile(bm::complement(Normal(), p))
                        : bm::quantile(bm::complement(Student(df), p));
}

double noncentrality_for_power(double critical, double df, double power) {
  const double z = bm::quantile(Normal(), power);
  if (df > kNormalNonCentralDf) return critical + z;
  // The start is within 1 % from four degrees of freedom on. One Newton step on the exact tail leaves 1e-3.
  const double spread = std::sqrt(1 + critical * critical / (2 * df));
  const double start = critical * (1 - 1 / (4 * df)) + z * spread;
  // Boost's series do not converge for large non-centralities. Only two or three degrees of freedom lead
  // there.
  if (start > kLargestNonCentrality) return start;
  const double reached = bm::cdf(bm::complement(NonCentral(df, start), critical));
  return start + (power - reached) * spread / bm::pdf(Normal(), z);
}

}  // namespace warpgauge
