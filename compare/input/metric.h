// Which number of a row is compared, and whether lower or higher is better.
#pragma once

#include <optional>
#include <string_view>

#include "compare/input/result_set.h"

namespace warpgauge {

// `name` as given to --metric: real_time, cpu_time, or a counter's name. Without `better`, the name decides.
// Higher: *_per_second, tflops, gbps, roofline_pct, item_rate, utilization, correlation. Lower: words for
// times (time, latency...) and units of time (_ns, _ms...). Throws std::invalid_argument for an empty name,
// and for any other one, because a wrong guess would report a regression as an improvement.
[[nodiscard]] Metric make_metric(std::string_view name, std::optional<Better> better = std::nullopt);

// "lower" or "higher", as --better takes it.
[[nodiscard]] const char* better_name(Better better);

}  // namespace warpgauge
