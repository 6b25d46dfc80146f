// The comparisons of check.h: what a kernel wrote against what is right.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "fuzz/budget.h"
#include "fuzz/check.h"

namespace warpgauge {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

std::string place(const Problem& p, std::int64_t row) {
  return "b=" + std::to_string(row / p.seq_q / p.heads) + " h=" + std::to_string(row / p.seq_q % p.heads) +
         " q=" + std::to_string(row % p.seq_q);
}

// Collects how many rows break one property, and tells about the first or, where they have a size, the worst.
class RowFailures {
 public:
  void add(double size, const std::string& message) {
    if (rows_++ == 0 || size > worst_) {
      worst_ = size;
      message_ = message;
    }
  }
  // Builds the message only when it will be kept.
  template <class Message>
  void add_lazily(double size, Message message) {
    if (rows_ == 0 || size > worst_)
      add(size, message());
    else
      ++rows_;
  }
  void report(Property property, InputFamily family, std::vector<Failure>& failures) const {
    if (rows_ == 0) return;
    const std::string more = rows_ > 1 ? "; " + std::to_string(rows_) + " rows like this" : "";
    failures.push_back({property, family, message_ + more});
  }

 private:
  std::int64_t rows_ = 0;
  double worst_ = 0;
  std::string message_;
};

// Sums for the figures that are reported: errors and Pearson's correlation, over finite elements.
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
  void finish(Accuracy& accuracy) const {
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

bool same_kind(double found, double expected) {
  if (std::isnan(expected)) return std::isnan(found);
  if (std::isinf(expected)) return found == expected;
  return std::isfinite(found);
}

// Poison at any row, and, unless the inputs hold NaNs, a NaN or an infinity anywhere; LSE = -inf marks a row
// without keys.
void scan_all_rows(const Output& out, const Inputs& in, std::vector<Failure>& failures) {
  const Problem& p = in.problem;
  RowFailures unwritten, unwritten_lse, non_finite, lse_kind;
  for (std::int64_t row : out.unwritten_rows) unwritten.add(0, "O was not written at " + place(p, row));
  for (std::int64_t row : out.unwritten_lse_rows)
    unwritten_lse.add(0, "LSE was not written at " + place(p, row));
  if (in.family != InputFamily::nan_inputs) {
    for (std::int64_t row = 0; row < lse_elements(p); ++row) {
      const float* o = out.o.data() + row * p.head_dim;
      for (std::int64_t d = 0; d < p.head_dim; ++d)
        if (!std::isfinite(o[d])) {
          non_finite.add_lazily(
              0, [&] { return "O is " + number(o[d]) + " at " + place(p, row) + " d=" + std::to_string(d); });
          break;
        }
      const double expected = visible_keys(p, row % p.seq_q) == 0 ? -kInfinity : 0;
      if (!same_kind(out.lse[row], expected))
        lse_kind.add_lazily(0, [&] {
          return "LSE is " + number(out.lse[row]) + " at " + place(p, row) +
                 (std::isinf(expected) ? ", which sees no key: -inf expected" : ", finite expected");
        });
    }
  }
  unwritten.report(Property::writes_all, in.family, failures);
  unwritten_lse.report(Property::writes_all, in.family, failures);
  non_finite.report(Property::non_finite, in.family, failures);
  lse_kind.report(Property::non_finite, in.family, failures);
}

}  // namespace

std::vector<Failure> compare_output(const Output& out, const Inputs& in, const Reference& ref,
                                    Accuracy* accuracy) {
  const Problem& p = in.problem;
  std::vector<Failure> failures;
  scan_all_rows(out, in, failures);
  RowFailures wrong, wrong_kind, wrong_lse, wrong_lse_kind;
  AccuracySums sums;
  Accuracy figures;
  for (std::size_t n = 0; n < ref.rows.size(); ++n) {
    const std::int64_t row = ref.rows[n];
    const float* found = out.o.data() + row * p.head_dim;
    const double* exact = ref.output.data() + static_cast<std::int64_t>(n) * p.head_dim;
    double error = 0, largest = 0;
    std::int64_t worst = 0;
    for (std::int64_t d = 0; d < p.head_dim; ++d) {
      const double expected = round_to(p.dtype, static_cast<float>(exact[d]));
      if (!same_kind(found[d], expected)) {
        wrong_kind.add_lazily(0, [&] {
          return "O is " + number(found[d]) + " at " + place(p, row) + " d=" + std::to_string(d) +
                 ", expected " + number(expected);
        });
        continue;
      }
      if (!std::isfinite(expected)) continue;
      sums.add(found[d], exact[d]);
      largest = std::max(largest, std::fabs(expected));
      if (std::fabs(found[d] - expected) > error) error = std::fabs(found[d] - expected), worst = d;
    }
    const std::int64_t keys = visible_keys(p, row % p.seq_q);
    // A row without keys is exactly zero.
    const double bound = keys == 0 ? 0
                                   : output_bound(p.dtype, {keys, largest, ref.low_error[n], ref.spread[n],
                                                            ref.mass[n], ref.max_logit[n]});
    const double ratio = error == 0 ? 0 : error / bound;
    figures.err_over_bound = std::max(figures.err_over_bound, ratio);
    if (ratio > 1)
      wrong.add_lazily(ratio, [&] {
        return "O is " + number(found[worst]) + " at " + place(p, row) + " d=" + std::to_string(worst) +
               ", expected " + number(exact[worst]) + ": error " + number(error) + ", bound " + number(bound);
      });
    const double lse = out.lse[row], expected_lse = ref.lse[n];
    if (!same_kind(lse, expected_lse)) {
      wrong_lse_kind.add_lazily(0, [&] {
        return "LSE is " + number(lse) + " at " + place(p, row) + ", expected " + number(expected_lse);
      });
    } else if (std::isfinite(expected_lse)) {
      const double tolerance = lse_bound(p.dtype, ref.max_logit[n]), off = std::fabs(lse - expected_lse);
      if (off > tolerance)
        wrong_lse.add_lazily(off / tolerance, [&] {
          return "LSE is " + number(lse) + " at " + place(p, row) + ", expected " + number(expected_lse) +
                 ": error " + number(off) + ", bound " + number(tolerance);
        });
    }
  }
  wrong.report(Property::output, in.family, failures);
  wrong_kind.report(Property::non_finite, in.family, failures);
  wrong_lse.report(Property::lse, in.family, failures);
  wrong_lse_kind.report(Property::non_finite, in.family, failures);
  sums.finish(figures);
  figures.rows = static_cast<std::int64_t>(ref.rows.size());
  if (accuracy) *accuracy = figures;
  return failures;
}

std::vector<Failure> compare_counting(const Output& out, const Problem& p) {
  RowFailures wrong, wrong_lse;
  const double lse_tolerance = lse_bound(p.dtype, 0);
  for (std::int64_t row = 0; row < lse_elements(p); ++row) {
    const std::int64_t keys = visible_keys(p, row % p.seq_q);
    if (keys == 0) continue;
    const auto count = static_cast<double>(keys);
    const double low = count * round_to(p.dtype, static_cast<float>(1 / count));
    const double bound =
        output_bound(p.dtype, {keys, 1.0, std::fabs(low - 1), 1 / std::sqrt(count), 1.0, 0.0});
    for (std::int64_t d = 0; d < p.head_dim; ++d) {
      const double found = out.o[row * p.head_dim + d], error = std::fabs(found - 1);
      if (!(error <= bound))
        wrong.add_lazily(error / bound, [&] {
          return "Q = 0, V = 1: O is " + number(found) + " at " + place(p, row) + " d=" + std::to_string(d) +
                 ", expected 1: bound " + number(bound);
        });
    }
    const double error = std::fabs(out.lse[row] - std::log(count));
    if (!(error <= lse_tolerance))
      wrong_lse.add_lazily(error, [&] {
        return "Q = 0: LSE is " + number(out.lse[row]) + " at " + place(p, row) + ", expected ln " +
               std::to_string(keys) + " = " + number(std::log(count)) + ": bound " + number(lse_tolerance);
      });
  }
  std::vector<Failure> failures;
  wrong.report(Property::output, InputFamily::counting, failures);
  wrong_lse.report(Property::lse, InputFamily::counting, failures);
  return failures;
}

}  // namespace warpgauge
