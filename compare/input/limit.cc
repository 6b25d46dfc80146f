#include "compare/input/limit.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "base/diagnostic.h"
#include "base/flag_value.h"
#include "base/usage_error.h"
#include "compare/input/metric.h"
#include "compare/input/threshold.h"

namespace warpgauge {
namespace {

struct TimeUnit {
  std::string_view name;
  double nanoseconds;
};
// "s" last, because the others end with it.
constexpr std::array<TimeUnit, 4> kUnits = {{{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}}};

}  // namespace

AbsoluteLimit parse_absolute_limit(std::string_view text) {
  AbsoluteLimit limit;
  std::string_view digits = text;
  double scale = 1;
  for (const TimeUnit& unit : kUnits) {
    if (!digits.ends_with(unit.name)) continue;
    digits.remove_suffix(unit.name.size());
    limit.is_time = true;
    scale = unit.nanoseconds;
    break;
  }
  while (digits.ends_with(' ')) digits.remove_suffix(1);
  const std::optional<double> number = number_of<double>(digits);
  if (!number || !std::isfinite(*number * scale))
    throw bad_value(text, "is not an absolute limit", "write 30ns or 2us for a time, 5 for a counter");
  if (*number < 0) throw bad_value(text, "is negative", "give the size of a change");
  limit.value = *number * scale;
  return limit;
}

FailLimit parse_fail_limit(std::string_view text) {
  const std::size_t comma = text.find(',');
  FailLimit limit{.relative = parse_threshold(text.substr(0, comma)), .absolute = {}};
  if (comma == std::string_view::npos) return limit;
  std::string_view absolute = text.substr(comma + 1);
  while (absolute.starts_with(' ')) absolute.remove_prefix(1);
  limit.absolute = parse_absolute_limit(absolute);
  return limit;
}

void check_unit(const AbsoluteLimit& limit, const Metric& metric) {
  if (limit.is_time == is_time(metric)) return;
  throw std::invalid_argument(
      limit.is_time ? fmt::format("the absolute limit is a time, but {} is a counter; give a plain number",
                                  printable(metric.name))
                    : fmt::format("the absolute limit has no unit, but {} is a time; write it as 30ns or 2us",
                                  printable(metric.name)));
}

}  // namespace warpgauge
