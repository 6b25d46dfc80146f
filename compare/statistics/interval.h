// 95 % intervals of a kernel's time and of the ratio of two, from the logs of their process numbers.
//
// A mean m of n numbers with deviation s has the interval m +- t(.975, n - 1) s / sqrt(n). The difference of
// two means has Welch's interval (Welch 1947): the standard error is sqrt(s1^2 / n1 + s2^2 / n2), the degrees
// of freedom are Satterthwaite's. If every process measured both kernels, the differences within the
// processes are used instead, so that what a process shares cancels (paired t interval). With fewer than
// three processes the deviation is assumed, and t is the normal quantile.
#pragma once

#include <span>

namespace warpgauge {

struct LogInterval {
  double value = 0, half_width = 0;
  bool assumed = false;  // the deviation

  double low() const { return value - half_width; }
  double high() const { return value + half_width; }
};

// NaN stands for a process that lacks the number. At least one has it.
[[nodiscard]] LogInterval mean_interval(std::span<const double> numbers, double assumed_deviation);

// Of mean(a) - mean(b). Paired if exactly the same processes have both: a[i] and b[i] are of one process.
[[nodiscard]] LogInterval difference_interval(std::span<const double> a, std::span<const double> b,
                                              double assumed_deviation);

// Of the mean over cases. The deviation of a mean is at most the mean of the deviations, whatever the
// correlation of the cases is, so the half-width is the mean of theirs.
[[nodiscard]] LogInterval mean_over_cases(std::span<const LogInterval> cases);

// Whether neither reaches the other. Of two intervals at 95 % that do not overlap, the means differ at a
// level below 1 % (Schenker & Gentleman 2001: .006 with equal deviations).
[[nodiscard]] bool are_apart(const LogInterval& a, const LogInterval& b);

}  // namespace warpgauge
