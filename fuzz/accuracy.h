// Accuracy of a result over all compared elements. bench reports it beside the time.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace warpgauge {

// Errors with their sign, in units in the last place (ulp).
struct SignedErrors {
  double sum = 0, squares = 0;
  std::int64_t samples = 0;

  void add(double error) {
    sum += error, squares += error * error;
    ++samples;
  }
  double mean() const { return samples == 0 ? 0 : sum / static_cast<double>(samples); }
  double standard_error() const {
    if (samples < 2) return 0;
    const auto n = static_cast<double>(samples);
    return std::sqrt(std::max(0.0, squares / n - mean() * mean()) / n);
  }
};

struct Accuracy {
  double max_abs_err = 0;
  double mean_abs_err = 0;
  double correlation = 1;     // Pearson correlation of computed and expected values
  double err_over_bound = 0;  // of the worst row; at most 1 if the result is right
  std::int64_t rows = 0;
  SignedErrors upward = {};   // of the rows; positive: O is too large. Only of normal and heavy-tailed inputs
  SignedErrors outward = {};  // the same; positive: the magnitude of O is too large
};

// Accumulates the first three of these. The caller passes finite elements only.
class AccuracySums {
 public:
  void add(double found, double expected) {
    const double error = std::fabs(found - expected);
    largest_ = std::max(largest_, error);
    errors_ += error;
    ++count_;
    x_ += found, y_ += expected;
    xx_ += found * found, yy_ += expected * expected, xy_ += found * expected;
  }

  void store(Accuracy& accuracy) const {
    if (count_ == 0) return;
    const auto n = static_cast<double>(count_);
    accuracy.max_abs_err = largest_;
    accuracy.mean_abs_err = errors_ / n;
    const double variances = (xx_ - x_ * x_ / n) * (yy_ - y_ * y_ / n);
    accuracy.correlation = variances > 0 ? (xy_ - x_ * y_ / n) / std::sqrt(variances) : 1;
  }

 private:
  double largest_ = 0, errors_ = 0, x_ = 0, y_ = 0, xx_ = 0, yy_ = 0, xy_ = 0;
  std::int64_t count_ = 0;
};

}  // namespace warpgauge
