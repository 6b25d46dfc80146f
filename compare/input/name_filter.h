// --filter: which cases take part. Regular expressions are RE2's: time linear in the text and memory bounded,
// whatever the expression (std::regex overflows its stack on long names). As in Google Benchmark, the
// expression may match anywhere in the name, and a leading '-' keeps what does not match.
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
  // Throws std::invalid_argument, with the place, when `expression` is not a regular expression.
  explicit NameFilter(std::string_view expression);

  bool keeps(std::string_view name) const;
  // For a case that goes by two names: found in either counts as found.
  bool keeps(std::string_view name, std::string_view raw_name) const;

 private:
  std::shared_ptr<const re2::RE2> expression_;
  bool inverted_ = false;
};

}  // namespace warpgauge
