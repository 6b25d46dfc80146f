#include "fuzz/bias.h"

#include <fmt/format.h>

#include <cmath>

namespace warpgauge {
namespace {

constexpr Dtype kTypes[] = {Dtype::f32, Dtype::f16, Dtype::bf16};
constexpr std::int64_t kLeastProblems = 32;
constexpr double kStandardErrors = 6;  // the run tests after each problem

// Of the mean of a right kernel, in ulps. For 16 bits: the result is rounded from f32, to nearest. For f32:
// the errors of sums, over which the row's weights are correlated.
double most_ulps(Dtype dtype) {
  return dtype == Dtype::f32 ? 0.25 : 0.06;
}

bool is_biased(Dtype dtype, const SignedErrors& errors) {
  return errors.samples >= kLeastProblems &&
         std::fabs(errors.mean()) > most_ulps(dtype) + kStandardErrors * errors.standard_error();
}

std::string describe(Dtype dtype, const SignedErrors& errors, const char* what) {
  return fmt::format(
      "O of {} is {} by {:.3f} units in the last place on average ({} problems, standard error {:.3f}); "
      "right kernels: at most {}. Each row is within its bound",
      dtype_name(dtype), what, std::fabs(errors.mean()), errors.samples, errors.standard_error(),
      most_ulps(dtype));
}

}  // namespace

void SignedBias::add(Dtype dtype, const Accuracy& accuracy) {
  if (accuracy.outward.samples == 0) return;
  OfType& type = types_[static_cast<std::size_t>(dtype)];
  type.upward.add(accuracy.upward.mean());
  type.outward.add(accuracy.outward.mean());
}

std::string SignedBias::failure() const {
  for (const Dtype dtype : kTypes) {
    const OfType& type = types_[static_cast<std::size_t>(dtype)];
    if (is_biased(dtype, type.outward))
      return describe(dtype, type.outward,
                      type.outward.mean() < 0 ? "too small in magnitude" : "too large in magnitude");
    if (is_biased(dtype, type.upward))
      return describe(dtype, type.upward, type.upward.mean() < 0 ? "too small" : "too large");
  }
  return {};
}

std::string SignedBias::summary() const {
  std::string text;
  for (const Dtype dtype : kTypes) {
    const OfType& type = types_[static_cast<std::size_t>(dtype)];
    if (type.outward.samples == 0) continue;
    text += fmt::format("{}{} {:.3f}", text.empty() ? "" : ", ", dtype_name(dtype), type.outward.mean());
  }
  return text;
}

}  // namespace warpgauge
