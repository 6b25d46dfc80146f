// An A/B run that cannot continue.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>

#include "compare/input/result_set.h"

namespace warpgauge {

// The run was interrupted, or base or head fails and no single case causes that.
class RunEnded : public std::runtime_error {
 public:
  explicit RunEnded(const std::string& cause, std::optional<Side> side = {})
      : runtime_error(cause), by(side) {}
  std::optional<Side> by;  // the side that failed
};

}  // namespace warpgauge
