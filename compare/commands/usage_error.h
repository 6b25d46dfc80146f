// A command line that cannot be carried out. Exit code 2.
#pragma once

#include <stdexcept>
#include <string_view>

namespace warpgauge {

// The text is "what; hint".
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What a parser of a flag's value throws: "'VALUE' what; hint". CommandFlags puts the flag's name in front.
[[nodiscard]] std::invalid_argument bad_value(std::string_view value, std::string_view what,
                                              std::string_view hint);

}  // namespace warpgauge
