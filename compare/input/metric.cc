#include "compare/input/metric.h"

#include <stdexcept>
#include <string>

namespace warpgauge {

Metric make_metric(std::string_view name, std::optional<Better> better) {
  if (name.empty())
    throw std::invalid_argument("the metric has no name; use real_time, cpu_time or a counter's name");
  const bool is_rate = name.ends_with("_per_second") || name == "tflops" || name == "gbps";
  return {std::string(name), better.value_or(is_rate ? Better::higher : Better::lower)};
}

}  // namespace warpgauge
