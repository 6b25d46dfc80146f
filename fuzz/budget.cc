#include "fuzz/budget.h"

#include <algorithm>
#include <cmath>

#include "fuzz/inputs.h"

namespace warpgauge {
namespace {

struct Format {
  int fraction_bits;
  int least_exponent;
  double weight_rounding;  // relative rounding error of P
};

Format format_of(Dtype dtype) {
  switch (dtype) {
    case Dtype::f32:
      return {23, -126, 0.0};
    case Dtype::f16:
      return {10, -14, 0x1p-11};
    case Dtype::bf16:
      return {7, -126, 0x1p-9};
  }
  return {};
}

}  // namespace

double ulp(Dtype dtype, double value) {
  const Format format = format_of(dtype);
  const int exponent =
      value == 0 ? format.least_exponent : std::max(std::ilogb(value), format.least_exponent);
  return std::ldexp(1.0, exponent - format.fraction_bits);
}

double output_bound(Dtype dtype, const RowTerms& row) {
  const double logit_error = 0x1p-24 * (4 + std::sqrt(static_cast<double>(row.head_dim)) * row.logit_mass);
  const double weight_error = format_of(dtype).weight_rounding + logit_error;
  return 2 * row.low_error + ulp(dtype, row.largest_output) + 3 * weight_error * row.spread +
         std::sqrt(static_cast<double>(row.keys)) * 0x1p-24 * row.mass;
}

double counting_bound(Dtype dtype, std::int64_t keys) {
  const auto count = static_cast<double>(keys);
  const double weight = round_to(dtype, static_cast<float>(1 / count));
  const RowTerms row{.keys = keys,
                     .largest_output = 1.0,
                     .low_error = std::fabs(count * weight - 1),
                     .spread = 1 / std::sqrt(count),
                     .mass = 1.0};
  return output_bound(dtype, row) + count * 0x1p-25;
}

double lse_bound(Dtype dtype, std::int64_t head_dim, double logit_mass, double absorbed) {
  const auto terms = static_cast<double>(head_dim);
  const double roundings = std::max(16.0, dtype == Dtype::f32 ? 2 * std::sqrt(terms) : terms / 4);
  return (dtype == Dtype::f32 ? 1e-5 : 2e-4) + roundings * 0x1p-24 * logit_mass + absorbed;
}

}  // namespace warpgauge
