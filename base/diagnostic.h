// What is wrong with an input, and what to do about it. Main prints what() and exits 3.
// Syntax names a position in the text, `FILE:LINE:COL: what; hint`; meaning names a place in the data,
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

// `file` is shown as the user gave it; an empty hint leaves out the semicolon.
Diagnostic syntax_diagnostic(std::string_view file, std::size_t line, std::size_t column,
                             std::string_view what, std::string_view hint);
// `place` may be empty: the whole file is meant.
Diagnostic meaning_diagnostic(std::string_view file, std::string_view place, std::string_view what,
                              std::string_view hint);

// Text from a file made fit for a line of a terminal: control bytes and bad UTF-8 as \xNN, at most 120 bytes.
std::string printable(std::string_view text);

}  // namespace warpgauge
