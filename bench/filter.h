// The filter of Google Benchmark: a POSIX extended regular expression that is searched in a case's name.
// "all" or nothing selects every name. '-' in front selects the names that do not match.
#pragma once

#include <regex>
#include <string>
#include <string_view>

namespace warpgauge::bench {

class Filter {
 public:
  // Throws bad_value() if the expression is not valid.
  explicit Filter(std::string_view text);

  [[nodiscard]] bool matches(const std::string& name) const {
    return std::regex_search(name, regex_) != is_negative_;
  }

 private:
  bool is_negative_;
  std::regex regex_;  // compiled once for all names
};

}  // namespace warpgauge::bench
