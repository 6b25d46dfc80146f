// What is wrong with an input, and what to do about it. main() prints what() and exits 3. A syntax error
// names a position in the text, `FILE:LINE:COL: what; hint`. Any other error names a place in the data,
// `FILE: benchmarks[4] NAME.real_time: what; hint`.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace warpgauge {

class Diagnostic : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// `file` is as the user gave it. With an empty hint there is no semicolon.
[[nodiscard]] Diagnostic syntax_diagnostic(std::string_view file, std::size_t line, std::size_t column,
                                           std::string_view what, std::string_view hint);
// An empty place stands for the whole file.
[[nodiscard]] Diagnostic meaning_diagnostic(std::string_view file, std::string_view place,
                                            std::string_view what, std::string_view hint);

// Foreign text for one line of a message: control bytes and bad UTF-8 become \xNN, at most 120 bytes.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace warpgauge
