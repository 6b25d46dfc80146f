// Which number of a row is compared, and which way is better.
#pragma once

#include <optional>
#include <string_view>

#include "compare/input/result_set.h"

namespace warpgauge {

// `name` as given to --metric: real_time, cpu_time, or a counter's name. Without `better`: higher for
// *_per_second, tflops, gbps, roofline_pct, item_rate, utilization and correlation, lower for what is a time
// by its words (time, latency...) or its unit (_ns, _ms...). Throws std::invalid_argument for any other name,
// and for an empty one: taken the wrong way round, a regression would be an improvement.
Metric make_metric(std::string_view name, std::optional<Better> better = std::nullopt);

}  // namespace warpgauge
