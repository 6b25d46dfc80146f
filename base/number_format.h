// Numbers as people read them. Every program and every report formats its numbers here.
#pragma once

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace warpgauge {

// What stands in place of a number that is not known.
inline constexpr const char* kUnknown = "-";

// Four significant digits and the unit that fits: "1.234 ms", "1.000 s".
[[nodiscard]] std::string format_duration(double ns);
// "1 h 20 min", "3 min 10 s", "12 s".
[[nodiscard]] std::string format_time_span(double seconds);
// A duration if the metric is real_time or cpu_time, else a counter: "12.35M".
[[nodiscard]] std::string format_value(double value, std::string_view metric);
// Three significant digits, without an exponent: "0.0123", "1.23", "12.3", "123". kUnknown if not finite.
[[nodiscard]] std::string format_number(double value);
// "+2", "-1.50", "+30.00 ns": of a time or a counter, as format_value().
[[nodiscard]] std::string format_difference(double difference, std::string_view metric);
[[nodiscard]] std::string format_bytes(double bytes);  // whole GiB, rounded up: "3 GiB"

[[nodiscard]] std::string format_percent(double fraction);  // "1.5 %", unsigned
[[nodiscard]] std::string format_change(double ratio);      // 1.031 -> "+3.10 %"; + is worse
[[nodiscard]] std::string format_interval(const std::array<double, 2>& ratios);  // "+2.00 .. +4.00 %"
// A minimum detectable effect: "1.5 %". Above a factor of two: "more than 100 %", as its digits would be
// noise.
[[nodiscard]] std::string format_mde(double fraction);

// "1 round", "2 rounds". `plural` ends with s.
[[nodiscard]] std::string format_count(std::int64_t count, std::string_view plural);
// "2", "2 and 5", "2, 5 and 7".
template <class Items>
[[nodiscard]] std::string format_list(const Items& items, std::string_view last = "and") {
  std::string text;
  std::size_t place = 0;
  for (const auto& item : items) {
    if (place > 0) text += place + 1 == items.size() ? fmt::format(" {} ", last) : ", ";
    text += fmt::format("{}", item);
    ++place;
  }
  return text;
}

}  // namespace warpgauge
