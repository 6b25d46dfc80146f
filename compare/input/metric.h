// Which number of a row is compared, and whether lower or higher is better.
#pragma once

#include <optional>
#include <string_view>

#include "compare/input/result_set.h"

namespace warpgauge {

// `name` as given to --metric: real_time, cpu_time, or a counter's name. Without `better`, the name decides
// (known_metrics.h). Throws std::invalid_argument for an empty name, and if the direction is not known,
// because a wrong guess would report a regression as an improvement.
[[nodiscard]] Metric make_metric(std::string_view name, std::optional<Better> better = std::nullopt);

// A time in nanoseconds: real_time or cpu_time. It is above 0.
[[nodiscard]] bool is_time(const Metric& metric);

// "lower" or "higher", as --better takes it.
[[nodiscard]] const char* better_name(Better better);

}  // namespace warpgauge
