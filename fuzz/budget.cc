#include "fuzz/budget.h"

#include <algorithm>
#include <cmath>

#include "fuzz/inputs.h"

namespace warpgauge {
namespace {

// The smallest normal f32. Results below it may be flushed to 0, as the GPU's fast instructions do.
constexpr double kFlushed = 0x1p-126;

bool has_e4m3_weights(const Rounding& rounding) {
  return rounding.e4m3_weights && rounding.weights != Rounding::Weights::exact;
}

Dtype weight_type(Dtype dtype, const Rounding& rounding) {
  return has_e4m3_weights(rounding) ? Dtype::e4m3 : dtype;
}

// Of the weights in P V; 0 if they are exact.
double weight_roundoff(Dtype dtype, const Rounding& rounding) {
  const Dtype type = weight_type(dtype, rounding);
  return type == Dtype::f32 || rounding.weights == Rounding::Weights::exact ? 0 : unit_roundoff(type);
}

// The error of a weight that is too small for a normal number of f16 or e4m3, in units of normalized weights.
double subnormal_step(Dtype dtype, const Rounding& rounding, double row_sum) {
  const Dtype type = weight_type(dtype, rounding);
  if (rounding.weights == Rounding::Weights::exact || (type != Dtype::f16 && type != Dtype::e4m3)) return 0;
  const double step = type == Dtype::f16 ? 0x1p-25 : std::ldexp(0x1p-10, -rounding.weight_exponent);
  return step / (rounding.weights == Rounding::Weights::before_division ? row_sum : 1);
}

// Of the rounded weights in P V.
double weight_term(Dtype dtype, const Rounding& rounding, const RowTerms& row) {
  const double u = weight_roundoff(dtype, rounding);
  if (!has_e4m3_weights(rounding)) return 3 * u * row.spread;
  return std::min(u * row.mass, 6 * u * row.spread + u * row.largest_output);
}

double peak_roundoff(Dtype dtype, const Rounding& rounding, const RowTerms& row) {
  return dtype != Dtype::f32 && rounding.logits ? unit_roundoff(dtype) * row.logit_peak : 0;
}

}  // namespace

Rounding effective_rounding(const Problem& p, const Rounding& rounding) {
  Rounding effective = rounding;
  if (!has_descales(p)) effective.e4m3_weights = false, effective.weight_exponent = 0;
  if (output_type(p) != Dtype::f32) return effective;
  if (!has_e4m3_weights(effective)) return {};
  effective.scaled_query = effective.logits = false;
  return effective;
}

float round_weight(Dtype dtype, const Rounding& rounding, float weight) {
  if (!has_e4m3_weights(rounding)) return round_to(dtype, weight);
  return std::ldexp(round_to(Dtype::e4m3, std::ldexp(weight, rounding.weight_exponent)),
                    -rounding.weight_exponent);
}

double ulp(Dtype dtype, double value) {
  const int least = least_exponent(dtype);
  return std::ldexp(2 * unit_roundoff(dtype), value == 0 ? least : std::max(std::ilogb(value), least));
}

double output_bound(Dtype dtype, const Rounding& rounding, const RowTerms& row) {
  const double u = weight_roundoff(dtype, rounding), keys = static_cast<double>(row.keys);
  const double of_sum = kF32Roundoff * (4 + std::sqrt(static_cast<double>(row.head_dim)) * row.logit_mass);
  const double of_logit =
      std::expm1(row.query_rounding + peak_roundoff(dtype, rounding, row) + row.variant_error);
  double bound = 2 * row.low_error + ulp(dtype, row.largest_output) + weight_term(dtype, rounding, row) +
                 3 * (of_sum + of_logit) * row.spread +
                 (std::sqrt(keys) + (row.equal_keys ? keys / 2 : 0)) * kF32Roundoff * row.mass;
  if (rounding.row_sum) bound += 3 * u * row.weight_spread * row.largest_output;
  return bound + kFlushed * std::max(1.0, row.value_factor) +
         3 * subnormal_step(dtype, rounding, row.row_sum) * row.value_spread;
}

double range_slack(Dtype dtype, const Rounding& rounding, const RowTerms& row, double magnitude) {
  const double u = rounding.row_sum ? 0 : weight_roundoff(dtype, rounding);
  const double sums = kF32Roundoff * (8 + static_cast<double>(row.keys));
  const double lost =
      has_e4m3_weights(rounding)
          ? std::min(1.0, subnormal_step(dtype, rounding, row.row_sum) * static_cast<double>(row.keys))
          : 0;
  return magnitude * (u + lost + sums + row.sum_error) + ulp(dtype, magnitude) + kFlushed;
}

double counting_bound(Dtype dtype, const Rounding& rounding, std::int64_t keys) {
  const auto count = static_cast<double>(keys);
  const bool is_divided = rounding.weights == Rounding::Weights::after_division;
  const double weight = is_divided ? round_weight(dtype, rounding, static_cast<float>(1 / count)) : 1 / count;
  const RowTerms row{.keys = keys,
                     .largest_output = 1.0,
                     .low_error = std::fabs(count * weight - 1),
                     .spread = 1 / std::sqrt(count),
                     .mass = 1.0,
                     .weight_spread = 1 / std::sqrt(count),
                     .row_sum = count,
                     .value_spread = std::sqrt(count),
                     .equal_keys = true};
  return output_bound(dtype, rounding, row);
}

double lse_bound(Dtype dtype, const Rounding& rounding, const RowTerms& row) {
  const double roundings = std::max(16.0, 0.375 * static_cast<double>(row.head_dim));
  double bound =
      (dtype == Dtype::f32 ? 1e-5 : 2e-4) + roundings * kF32Roundoff * row.logit_mass + row.sum_error;
  if (rounding.row_sum)
    bound += weight_roundoff(dtype, rounding) +
             subnormal_step(dtype, rounding, row.row_sum) * static_cast<double>(row.keys);
  return bound + row.query_rounding + peak_roundoff(dtype, rounding, row) + row.variant_error;
}

}  // namespace warpgauge
