#include "compare/report/format.h"

#include <cmath>
#include <cstdio>

namespace warpgauge {
namespace {

std::string print(const char* format, double value) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, format, value);
  return buffer;
}

// Beyond a factor of a thousand nobody reads the digits, and noise makes any.
constexpr double kMostPercent = 99'999;

// Three digits that mean something, without an exponent.
std::string three_digits(double value, bool with_sign) {
  const double size = std::fabs(value);
  if (size > kMostPercent) return (with_sign ? ">+" : ">") + print("%.0f", kMostPercent);
  const int decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, with_sign ? "%+.*f" : "%.*f", decimals, value);
  const std::string text = buffer;
  return text == "-0.00" ? "+0.00" : text;
}

std::string scaled(double value, double unit, const char* name) {
  const double shown = value / unit;
  const int decimals = std::fabs(shown) >= 99.995 ? 1 : std::fabs(shown) >= 9.9995 ? 2 : 3;
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.*f%s", decimals, shown, name);
  return buffer;
}

bool is_time(const std::string& metric) {
  return metric == "real_time" || metric == "cpu_time";
}

}  // namespace

std::string format_duration(double ns) {
  if (ns >= 1e9) return scaled(ns, 1e9, " s");
  if (ns >= 1e6) return scaled(ns, 1e6, " ms");
  if (ns >= 1e3) return scaled(ns, 1e3, " us");
  return scaled(ns, 1, " ns");
}

std::string format_value(double value, const std::string& metric) {
  if (is_time(metric)) return format_duration(value);
  const double size = std::fabs(value);
  if (size >= 1e15 || (size > 0 && size < 1e-3)) return print("%.3e", value);
  if (size >= 1e12) return scaled(value, 1e12, "T");
  if (size >= 1e9) return scaled(value, 1e9, "G");
  if (size >= 1e6) return scaled(value, 1e6, "M");
  if (size >= 1e3) return scaled(value, 1e3, "k");
  return scaled(value, 1, "");
}

std::string format_percent(double fraction) {
  std::string text = three_digits(100 * fraction, false);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text + " %";
}

// A change that large was not looked for: its digits are those of the noise.
std::string format_detectable(double fraction) {
  return fraction > 1 ? "more than a doubling" : format_percent(fraction);
}

std::string format_count(std::int64_t count, std::string plural) {
  if (count == 1) plural.erase(plural.size() - (plural.ends_with("sses") ? 2 : 1));
  return std::to_string(count) + " " + plural;
}

std::string format_change(double ratio) {
  return three_digits(100 * (ratio - 1), true) + " %";
}

std::string format_interval(const std::array<double, 2>& ratios) {
  return three_digits(100 * (ratios[0] - 1), true) + " .. " + three_digits(100 * (ratios[1] - 1), true) +
         " %";
}

std::string value_or_unknown(const SideSummary& side, const std::string& metric) {
  return side.value ? format_value(*side.value, metric) : kUnknown;
}
std::string change_or_unknown(const Cell& cell) {
  return cell.ratio ? format_change(*cell.ratio) : kUnknown;
}
std::string interval_or_unknown(const Cell& cell) {
  return cell.ci ? format_interval(*cell.ci) : kUnknown;
}

std::string format_counts(const Comparison& comparison) {
  const auto counts = comparison.counts();
  std::string out;
  for (const CellVerdict verdict : kWorstFirst) {
    const std::size_t count = counts[static_cast<std::size_t>(verdict)];
    if (count == 0) continue;
    const bool noun = verdict == CellVerdict::regression || verdict == CellVerdict::improvement;
    out += (out.empty() ? "" : ", ") + std::to_string(count) + " " + cell_verdict_name(verdict) +
           (noun && count != 1 ? "s" : "");
  }
  return out.empty() ? "no cases" : out;
}

std::string format_verdict(const Comparison& comparison) {
  const std::string verdict =
      std::string("verdict: ") + run_verdict_name(comparison.verdict) + ": " + format_counts(comparison);
  if (!comparison.mde) return verdict;
  const std::string mde = "smallest detectable change " + format_detectable(*comparison.mde);
  if (!comparison.assumed_deviation) return verdict + "; " + mde;
  return mde + " (" + comparison.policy.unit + " assumed to deviate by " +
         format_percent(*comparison.assumed_deviation) + "); " + verdict;
}

}  // namespace warpgauge
