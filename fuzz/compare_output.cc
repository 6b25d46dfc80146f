// The comparisons of check.h: outputs of a kernel with expected values.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "fuzz/budget.h"
#include "fuzz/check.h"
#include "fuzz/row_failures.h"

namespace warpgauge {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Nine digits: enough to tell any two f32 values apart.
std::string number(double value) {
  return fmt::format("{:.9g}", value);
}

// Both NaN, the same infinity, or both finite.
bool same_kind(double found, double expected) {
  if (std::isnan(expected)) return std::isnan(found);
  if (std::isinf(expected)) return found == expected;
  return std::isfinite(found);
}

// Of the visible values in a column of V.
struct Range {
  double lowest, highest;
};

// Compares one output row by row, and collects the failures by property.
class Comparison {
 public:
  Comparison(const Output& output, const Inputs& inputs)
      : out_(output), in_(inputs), p_(inputs.problem), value_dim_(value_dim_of(p_)) {}

  // Checks what needs no oracle, at every row: all elements were written; only inputs with NaNs give NaNs; O
  // = 0 and LSE = -inf exactly at the rows without keys.
  void scan() {
    for (std::int64_t row : out_.unwritten_rows)
      unwritten_.add(row, 0, [&] { return fmt::format("O was not written at {}", place(row)); });
    for (std::int64_t row : out_.unwritten_lse_rows)
      unwritten_lse_.add(row, 0, [&] { return fmt::format("LSE was not written at {}", place(row)); });
    if (is_non_finite(in_.family)) return;
    for (std::int64_t row = 0; row < lse_elements(p_); ++row) {
      if (!has_row(in_, row)) continue;
      const bool has_keys = keys(row) > 0;
      for (std::int64_t d = 0; d < value_dim_; ++d) {
        check_kind(row, d, 0);
        if (!has_keys) check_value(row, d, 0, 0);
      }
      check_lse_kind(row, has_keys || p_.sinks ? 0 : -kInfinity);
    }
  }

  // Checks NaN and infinities if the inputs hold any; scan() cannot, without the expected values.
  void check_kinds(std::int64_t row, const double* expected, double expected_lse) {
    if (!is_non_finite(in_.family)) return;
    for (std::int64_t d = 0; d < value_dim_; ++d) check_kind(row, d, expected[d]);
    check_lse_kind(row, expected_lse);
  }

  // Checks |O - expected| <= bound at one element if both are finite. `range` is that of the visible V, if
  // the bound follows from it. Returns error / bound.
  double check_value(std::int64_t row, std::int64_t d, double expected, double bound,
                     const Range* range = nullptr) {
    const double error = std::fabs(o(row, d) - expected);
    if (!(error > bound) || !std::isfinite(error)) return error > 0 && bound > 0 ? error / bound : 0;
    wrong_.add(row, error / bound, [&] {
      const std::string cause = range ? fmt::format(", since the visible V lies in [{}, {}]",
                                                    number(range->lowest), number(range->highest))
                                      : "";
      return fmt::format("O is {} at {}, expected {}: error {}, bound {}{}", number(o(row, d)), place(row, d),
                         number(expected), number(error), number(bound), cause);
    });
    return error / bound;
  }

  // The same for LSE.
  void check_lse(std::int64_t row, double expected, double bound) {
    const double error = std::fabs(out_.lse[row] - expected);
    if (!(error > bound) || !std::isfinite(error)) return;
    wrong_lse_.add(row, error / bound, [&] {
      return fmt::format("LSE is {} at {}, expected {}: error {}, bound {}", number(out_.lse[row]),
                         place(row), number(expected), number(error), number(bound));
    });
  }

  double o(std::int64_t row, std::int64_t d) const { return out_.o[row * value_dim_ + d]; }
  std::int64_t keys(std::int64_t row) const { return visible_to_row(in_, row).count(); }

  std::vector<Failure> failures() const {
    std::vector<Failure> all;
    const auto add = [&](Property property, const RowFailures& rows) {
      if (rows.any()) all.push_back({property, in_.family, rows.message()});
    };
    add(Property::writes_all, unwritten_);
    add(Property::writes_all, unwritten_lse_);
    add(Property::non_finite, wrong_kind_);
    add(Property::non_finite, wrong_lse_kind_);
    add(Property::output, wrong_);
    add(Property::lse, wrong_lse_);
    return all;
  }

 private:
  void check_kind(std::int64_t row, std::int64_t d, double expected) {
    if (!same_kind(o(row, d), expected))
      wrong_kind_.add(row, 0, [&] {
        return fmt::format("O is {} at {}, expected {}", number(o(row, d)), place(row, d), what(expected));
      });
  }
  void check_lse_kind(std::int64_t row, double expected) {
    if (!same_kind(out_.lse[row], expected))
      wrong_lse_kind_.add(row, 0, [&] {
        return fmt::format("LSE is {} at {}, expected {}", number(out_.lse[row]), place(row), what(expected));
      });
  }
  std::string place(std::int64_t row) const {
    return fmt::format("b={} h={} q={} of {} keys", row / p_.seq_q / p_.heads, row / p_.seq_q % p_.heads,
                       row % p_.seq_q, keys(row));
  }
  std::string place(std::int64_t row, std::int64_t d) const { return fmt::format("{}, d={}", place(row), d); }
  static std::string what(double expected) {
    return std::isfinite(expected) ? "a finite number" : number(expected);
  }

  const Output& out_;
  const Inputs& in_;
  const Problem& p_;
  std::int64_t value_dim_;
  RowFailures unwritten_, unwritten_lse_, wrong_kind_, wrong_lse_kind_, wrong_, wrong_lse_;
};

// Checks an element with the bound of its row and with the range of the visible V. Returns the larger ratio:
// of the error to the bound, or of the distance from the range to its slack.
double compare_element(Comparison& comparison, const Problem& p, const Reference& ref, std::size_t n,
                       std::int64_t d, double expected, double row_bound) {
  const std::int64_t row = ref.rows[n], keys = comparison.keys(row);
  if (keys == 0) return comparison.check_value(row, d, expected, row_bound);
  const auto at = static_cast<std::size_t>(static_cast<std::int64_t>(n) * value_dim_of(p) + d);
  const Range range{ref.lowest[at], ref.highest[at]};
  const double magnitude = std::max(std::fabs(range.lowest), std::fabs(range.highest)),
               found = comparison.o(row, d);
  const double slack = range_slack(output_type(p), ref.rounding, ref.terms[n], magnitude);
  const double to_end = found > expected ? range.highest - expected : expected - range.lowest;
  if (row_bound <= to_end + slack) return comparison.check_value(row, d, expected, row_bound);
  comparison.check_value(row, d, expected, to_end + slack, &range);
  const double error = std::fabs(found - expected);
  return std::max(error / row_bound, (error - to_end) / slack);
}

// The signed errors of one row.
class RowErrors {
 public:
  explicit RowErrors(Dtype dtype) : dtype_(dtype), largest_ulps_(dtype == Dtype::f32 ? 8 : 1) {}

  void add(double found, double exact) {
    // A value near 0 by cancellation has a large error in its own ulps. Clamping limits its share.
    const double ulps = std::clamp((found - exact) / ulp(dtype_, exact), -largest_ulps_, largest_ulps_);
    upward_ += ulps;
    outward_ += exact < 0 ? -ulps : ulps;
    ++count_;
  }
  void store(Accuracy& accuracy) const {
    if (count_ == 0) return;
    accuracy.upward.add(upward_ / count_);
    accuracy.outward.add(outward_ / count_);
  }

 private:
  Dtype dtype_;
  double largest_ulps_, upward_ = 0, outward_ = 0;
  int count_ = 0;
};

// Compares one row with the oracle. Returns the largest error over the row's bound.
double compare_row(Comparison& comparison, const Problem& p, const Reference& ref, std::size_t n,
                   AccuracySums& sums, RowErrors& errors) {
  const std::int64_t row = ref.rows[n], keys = comparison.keys(row);
  const double* exact = ref.output.data() + static_cast<std::int64_t>(n) * value_dim_of(p);
  const auto rounded = [&](std::int64_t d) {
    return double{round_to(output_type(p), static_cast<float>(exact[d]))};
  };
  const double bound = keys == 0 ? 0 : output_bound(output_type(p), ref.rounding, ref.terms[n]);
  double ratio = 0;
  comparison.check_kinds(row, exact, ref.lse[n]);
  for (std::int64_t d = 0; d < value_dim_of(p); ++d) {
    const double found = comparison.o(row, d);
    if (!std::isfinite(found) || !std::isfinite(rounded(d))) continue;
    ratio = std::max(ratio, compare_element(comparison, p, ref, n, d, rounded(d), bound));
    sums.add(found, exact[d]);
    errors.add(found, exact[d]);
  }
  comparison.check_lse(row, ref.lse[n], lse_bound(output_type(p), ref.rounding, ref.terms[n]));
  return ratio;
}

}  // namespace

std::vector<Failure> compare_output(const Output& output, const Inputs& inputs, const Reference& reference,
                                    Accuracy* accuracy) {
  Comparison comparison(output, inputs);
  comparison.scan();
  AccuracySums sums;
  Accuracy figures{.rows = static_cast<std::int64_t>(reference.rows.size())};
  // Errors of e4m3 weights exceed an ulp of O, and those of nearly equal weights have one sign.
  const bool is_signed =
      (inputs.family == InputFamily::normal || inputs.family == InputFamily::heavy_tailed) &&
      !reference.rounding.e4m3_weights;
  for (std::size_t n = 0; n < reference.rows.size(); ++n) {
    RowErrors errors(output_type(inputs.problem));
    figures.err_over_bound =
        std::max(figures.err_over_bound, compare_row(comparison, inputs.problem, reference, n, sums, errors));
    if (is_signed && comparison.keys(reference.rows[n]) > 1) errors.store(figures);
  }
  sums.store(figures);
  if (accuracy) *accuracy = figures;
  return comparison.failures();
}

std::vector<Failure> compare_counting(const Output& output, const Inputs& inputs, const Rounding& declared) {
  const Problem& p = inputs.problem;
  const Rounding rounding = effective_rounding(p, declared);
  Comparison comparison(output, inputs);
  comparison.scan();
  for (std::int64_t row = 0; row < lse_elements(p); ++row) {
    if (!has_row(inputs, row) || comparison.keys(row) == 0) continue;
    const std::int64_t keys = comparison.keys(row);
    const double bound = counting_bound(output_type(p), rounding, keys);
    for (std::int64_t d = 0; d < value_dim_of(p); ++d) comparison.check_value(row, d, 1, bound);
    const auto count = static_cast<double>(keys);
    comparison.check_lse(row, std::log(count),
                         lse_bound(output_type(p), rounding,
                                   {.keys = keys, .weight_spread = 1 / std::sqrt(count), .row_sum = count}));
  }
  return comparison.failures();
}

}  // namespace warpgauge
