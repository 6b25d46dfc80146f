// The filter of Google Benchmark: a regular expression that is searched in a case's name. "all" or nothing
// selects every name. '-' in front selects the names that do not match.
#pragma once

#include <string>
#include <string_view>

#include "base/pattern.h"

namespace warpgauge::bench {

class Filter {
 public:
  // Throws bad_value() if the expression is not valid.
  explicit Filter(std::string_view text);

  [[nodiscard]] bool matches(const std::string& name) const {
    return pattern_.is_found_in(name) != is_negative_;
  }

 private:
  bool is_negative_;
  Pattern pattern_;  // compiled once for all names
};

}  // namespace warpgauge::bench
