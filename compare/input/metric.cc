#include "compare/input/metric.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

#include "compare/input/diagnostic.h"

namespace warpgauge {
namespace {

// Words that say of a name that it is a time: "nv/cold/time/gpu/mean" has one, and "p95_ns".
constexpr std::array<std::string_view, 4> kTimes = {"time", "duration", "latency", "elapsed"};
constexpr std::array<std::string_view, 7> kUnitsOfTime = {"ns",  "us",      "ms",         "s",
                                                          "sec", "seconds", "nanoseconds"};

// What our bench writes, and nvbench's tags by their last part.
constexpr std::array<std::string_view, 6> kRates = {"tflops",    "gbps",        "roofline_pct",
                                                    "item_rate", "utilization", "correlation"};

bool is_one_of(std::string_view word, const auto& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_rate(std::string_view name) {
  const std::string_view last_part = name.substr(name.rfind('/') + 1);  // npos + 1 = 0: there is but one
  return name.ends_with("_per_second") || is_one_of(last_part, kRates);
}

bool is_time(std::string_view name) {
  for (std::string_view rest = name;;) {
    const std::size_t end = rest.find_first_of("_/");
    if (is_one_of(rest.substr(0, end), kTimes)) return true;
    if (end == std::string_view::npos) return rest != name && is_one_of(rest, kUnitsOfTime);
    rest.remove_prefix(end + 1);
  }
}

}  // namespace

Metric make_metric(std::string_view name, std::optional<Better> better) {
  if (name.empty())
    throw std::invalid_argument("the metric has no name; use real_time, cpu_time or a counter's name");
  if (!better && is_rate(name)) better = Better::higher;
  if (!better && is_time(name)) better = Better::lower;
  if (!better)
    throw std::invalid_argument("whether more of '" + printable(name) +
                                "' is better cannot be told from its name; give --better higher or lower");
  return {std::string(name), *better};
}

}  // namespace warpgauge
