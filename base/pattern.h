// Regular expressions that users give, in RE2's syntax: time is linear in the text and memory is bounded, for
// every expression. std::regex overflows its stack on nested expressions and on long names.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace re2 {
class RE2;
}

namespace warpgauge {

inline constexpr std::size_t kLongestPattern = 1 << 20;  // bytes; 20,000 names of 50 characters fit

class Pattern {
 public:
  // Throws bad_value() if the text is not a regular expression, or is longer than kLongestPattern.
  explicit Pattern(std::string_view text);

  // Whether the expression matches anywhere in `text`.
  [[nodiscard]] bool is_found_in(std::string_view text) const;

 private:
  std::shared_ptr<const re2::RE2> expression_;
};

}  // namespace warpgauge
