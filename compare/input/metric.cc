#include "compare/input/metric.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/usage_error.h"

namespace warpgauge {
namespace {

// A name is a time if one of its words is: "nv/cold/time/gpu/mean". So is one with a unit: "p95_ns".
constexpr std::array<std::string_view, 4> kTimes = {"time", "duration", "latency", "elapsed"};
constexpr std::array<std::string_view, 6> kUnitsOfTime = {"ns", "us", "ms", "sec", "seconds", "nanoseconds"};
// A quantity per time is a rate: MB_per_s, GB/s. "_s" alone is ambiguous: GB_s is a rate, too.
constexpr std::array<std::string_view, 6> kPer = {"s", "sec", "second", "ms", "us", "ns"};
constexpr std::array<std::string_view, 3> kBehindSlash = {"s", "sec", "second"};

// Counters of our bench, and the last part of nvbench's tags.
constexpr std::array<std::string_view, 6> kRates = {"tflops",    "gbps",        "roofline_pct",
                                                    "item_rate", "utilization", "correlation"};

bool is_one_of(std::string_view word, const auto& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The part after the last of these characters; the whole name if there is none.
std::string_view last_word(std::string_view name, const char* separators) {
  return name.substr(name.find_last_of(separators) + 1);  // npos + 1 = 0
}

bool is_rate(std::string_view name) {
  const std::string_view word = last_word(name, "_/"), before = name.substr(0, name.size() - word.size());
  return (before.ends_with("_per_") && is_one_of(word, kPer)) ||
         (before.ends_with("/") && before.size() > 1 && is_one_of(word, kBehindSlash)) ||
         is_one_of(last_word(name, "/"), kRates);
}

bool is_time(std::string_view name) {
  for (std::string_view rest = name;;) {
    const std::size_t end = rest.find_first_of("_/");
    if (is_one_of(rest.substr(0, end), kTimes)) return true;
    if (end == std::string_view::npos)
      return name.ends_with(fmt::format("_{}", rest)) && is_one_of(rest, kUnitsOfTime);
    rest.remove_prefix(end + 1);
  }
}

}  // namespace

Metric make_metric(std::string_view name, std::optional<Better> better) {
  if (name.empty()) throw bad_value(name, "is empty", "use real_time, cpu_time or a counter's name");
  if (!better && is_rate(name)) better = Better::higher;
  if (!better && is_time(name)) better = Better::lower;
  if (!better)
    throw bad_value(name, "does not say whether more is better", "give --better higher or --better lower");
  return {std::string(name), *better};
}

const char* better_name(Better better) {
  return better == Better::lower ? "lower" : "higher";
}

}  // namespace warpgauge
