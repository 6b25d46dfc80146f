// A command line that cannot be carried out. Exit code 2 of every program.
#pragma once

#include <stdexcept>
#include <string_view>

namespace warpgauge {

// The text is "what; hint". If it is about a flag, "--name: 'VALUE' what; hint".
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What a parser of a flag's value throws: "'VALUE' what; hint". FlagTable puts the flag's name in front.
[[nodiscard]] std::invalid_argument bad_value(std::string_view value, std::string_view what,
                                              std::string_view hint);

// The same with the name, for what is found once all flags are taken.
[[nodiscard]] UsageError bad_flag(std::string_view name, std::string_view value, std::string_view what,
                                  std::string_view hint);

}  // namespace warpgauge
