// Which number of a row is compared, and which way is better.
#pragma once

#include <optional>
#include <string_view>

#include "compare/input/result_set.h"

namespace warpgauge {

// `name` as given to --metric: real_time, cpu_time, or a counter's name. Without `better`: higher for
// *_per_second, tflops and gbps, lower for everything else. Throws std::invalid_argument for an empty name.
Metric make_metric(std::string_view name, std::optional<Better> better = std::nullopt);

}  // namespace warpgauge
