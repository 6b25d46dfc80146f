#include "compare/input/metric.h"

#include <fmt/format.h>

#include <string>

#include "base/diagnostic.h"
#include "base/usage_error.h"
#include "compare/input/known_metrics.h"

namespace warpgauge {

Metric make_metric(std::string_view name, std::optional<Better> better) {
  if (name.empty()) throw bad_value(name, "is empty", "use real_time, cpu_time or a counter's name");
  if (!better) better = known_metric(name).better;
  if (!better)
    throw bad_value(
        name, "does not say whether more is better",
        fmt::format("give --better higher or --better lower, or {{\"metric\": \"{}\", \"better\": "
                    "\"lower\"}} in `metrics` of the policy",
                    printable(name)));
  return {std::string(name), *better};
}

bool is_time(const Metric& metric) {
  return metric.name == "real_time" || metric.name == "cpu_time";
}

const char* better_name(Better better) {
  return better == Better::lower ? "lower" : "higher";
}

}  // namespace warpgauge
