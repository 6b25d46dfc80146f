// --filter: selects cases. Regular expressions are RE2's: time is linear in the text and memory is bounded,
// for every expression (std::regex overflows its stack on long names). As in Google Benchmark, an expression
// may match anywhere in the name, and a leading '-' selects the names that do not match.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace warpgauge {

class NameFilter {
 public:
  // Throws std::invalid_argument if `expression` is not a regular expression.
  explicit NameFilter(std::string_view expression);

  [[nodiscard]] bool keeps(std::string_view name) const;
  // For a case with two names: a match in either counts.
  [[nodiscard]] bool keeps(std::string_view name, std::string_view raw_name) const;

 private:
  std::shared_ptr<const re2::RE2> expression_;
  bool inverted_ = false;
};

}  // namespace warpgauge
