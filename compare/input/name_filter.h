// --filter: selects cases. As in Google Benchmark, an expression may match anywhere in the name, and a
// leading
// '-' selects the names that do not match.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/pattern.h"

namespace warpgauge {

class NameFilter {
 public:
  // Throws std::invalid_argument if `expression` is not a regular expression.
  explicit NameFilter(std::string_view expression);

  [[nodiscard]] bool keeps(std::string_view name) const;
  // For a case with two names: a match in either counts.
  [[nodiscard]] bool keeps(std::string_view name, std::string_view raw_name) const;
  // The same for any number of names.
  [[nodiscard]] bool keeps_any(std::span<const std::string> names) const;

 private:
  bool inverted_;
  Pattern pattern_;
};

}  // namespace warpgauge
