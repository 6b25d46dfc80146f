#include "base/number_format.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace warpgauge {
namespace {

// Above a factor of a thousand the digits are noise.
constexpr double kMostPercent = 99'999;

struct Unit {
  double size;
  const char* name;
};
constexpr Unit kTimes[] = {{1e9, " s"}, {1e6, " ms"}, {1e3, " us"}, {1, " ns"}};
constexpr Unit kCounts[] = {{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {1, ""}};

// Four significant digits, in the largest unit of which `value` is at least 1 once it is rounded.
std::string scaled(double value, std::span<const Unit> units) {
  constexpr double kRoundsUpToOne = 0.99995;
  const auto fits = [&](const Unit& unit) { return std::fabs(value) >= kRoundsUpToOne * unit.size; };
  const auto found = std::ranges::find_if(units, fits);
  const Unit unit = found == units.end() ? units.back() : *found;
  const double shown = value / unit.size, size = std::fabs(shown);
  const int decimals = size >= 99.995 ? 1 : size >= 9.9995 ? 2 : 3;
  return fmt::format("{:.{}f}{}", shown, decimals, unit.name);
}

// Three significant digits, without an exponent.
std::string three_digits(double value, bool with_sign) {
  const double size = std::fabs(value);
  if (size > kMostPercent) return fmt::format("{}{:.0f}", with_sign ? ">+" : ">", kMostPercent);
  const int decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  if (!with_sign) return fmt::format("{:.{}f}", value, decimals);
  const std::string text = fmt::format("{:+.{}f}", value, decimals);
  return text == "-0.00" ? "+0.00" : text;
}

}  // namespace

std::string format_duration(double ns) {
  return scaled(ns, kTimes);
}

std::string format_time_span(double seconds) {
  const long s = std::lround(std::max(0.0, seconds));
  if (s >= 3600) return fmt::format("{} h {} min", s / 3600, s % 3600 / 60);
  if (s >= 60) return fmt::format("{} min {} s", s / 60, s % 60);
  return fmt::format("{} s", s);
}

std::string format_value(double value, std::string_view metric) {
  if (metric == "real_time" || metric == "cpu_time") return format_duration(value);
  const double size = std::fabs(value);
  if (size >= 1e15 || (size > 0 && size < 1e-3)) return fmt::format("{:.3e}", value);
  return scaled(value, kCounts);
}

std::string format_difference(double difference, std::string_view metric) {
  if (difference == 0) return "+0";
  const bool is_whole = difference == std::trunc(difference) && std::fabs(difference) < 1000;
  const bool is_time = metric == "real_time" || metric == "cpu_time";
  if (is_whole && !is_time) return fmt::format("{:+.0f}", difference);
  return fmt::format("{}{}", difference > 0 ? "+" : "", format_value(difference, metric));
}

std::string format_number(double value) {
  constexpr int kMostDecimals = 9;
  if (!std::isfinite(value)) return kUnknown;
  int decimals = 2;
  // The threshold is that of rounding to three digits: 0.9996 is "1.00".
  for (double size = std::fabs(value); size > 0 && size < 0.9995 && decimals < kMostDecimals; size *= 10)
    ++decimals;
  if (std::fabs(value) >= 9.995) decimals = std::fabs(value) >= 99.95 ? 0 : 1;
  return fmt::format("{:.{}f}", value, decimals);
}

std::string format_bytes(double bytes) {
  return fmt::format("{:.0f} GiB", std::ceil(bytes / 0x1p30));
}

std::string format_percent(double fraction) {
  std::string text = three_digits(100 * fraction, false);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text + " %";
}

std::string format_change(double ratio) {
  return three_digits(100 * (ratio - 1), true) + " %";
}

std::string format_interval(const std::array<double, 2>& ratios) {
  return fmt::format("{} .. {} %", three_digits(100 * (ratios[0] - 1), true),
                     three_digits(100 * (ratios[1] - 1), true));
}

std::string format_mde(double fraction) {
  return fraction > 1 ? "more than 100 %" : format_percent(fraction);
}

std::string format_count(std::int64_t count, std::string_view plural) {
  if (count == 1) plural.remove_suffix(plural.ends_with("sses") ? 2 : 1);
  return fmt::format("{} {}", count, plural);
}

}  // namespace warpgauge
