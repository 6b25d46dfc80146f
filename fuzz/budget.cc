#include "fuzz/budget.h"

#include <algorithm>
#include <cmath>

#include "fuzz/inputs.h"

namespace warpgauge {
namespace {

// The exponent of the smallest normal number.
int least_exponent(Dtype dtype) {
  return dtype == Dtype::f16 ? -14 : -126;
}

}  // namespace

double ulp(Dtype dtype, double value) {
  const int least = least_exponent(dtype);
  return std::ldexp(2 * unit_roundoff(dtype), value == 0 ? least : std::max(std::ilogb(value), least));
}

double output_bound(Dtype dtype, const RowTerms& row) {
  const double logit_error =
      kF32Roundoff * (4 + std::sqrt(static_cast<double>(row.head_dim)) * row.logit_mass);
  const double weight_error = (dtype == Dtype::f32 ? 0 : unit_roundoff(dtype)) + logit_error;
  return 2 * row.low_error + ulp(dtype, row.largest_output) + 3 * weight_error * row.spread +
         std::sqrt(static_cast<double>(row.keys)) * kF32Roundoff * row.mass;
}

double range_slack(Dtype dtype, std::int64_t keys, double absorbed, double magnitude) {
  const double rounding = dtype == Dtype::f32 ? 0 : unit_roundoff(dtype);
  const double sums = kF32Roundoff * (8 + static_cast<double>(keys) / 2);
  return magnitude * (rounding + sums + absorbed) + ulp(dtype, magnitude);
}

double counting_bound(Dtype dtype, std::int64_t keys) {
  const auto count = static_cast<double>(keys);
  const double weight = round_to(dtype, static_cast<float>(1 / count));
  const RowTerms row{.keys = keys,
                     .largest_output = 1.0,
                     .low_error = std::fabs(count * weight - 1),
                     .spread = 1 / std::sqrt(count),
                     .mass = 1.0};
  return output_bound(dtype, row) + count * kF32Roundoff / 2;
}

double lse_bound(Dtype dtype, std::int64_t head_dim, double logit_mass, double absorbed) {
  const auto terms = static_cast<double>(head_dim);
  const double roundings = std::max(16.0, 0.375 * terms);
  return (dtype == Dtype::f32 ? 1e-5 : 2e-4) + roundings * kF32Roundoff * logit_mass + absorbed;
}

}  // namespace warpgauge
