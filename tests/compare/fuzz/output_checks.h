// What must hold of any output of compare, checked without base/escape.h, whose work it is.
#pragma once

#include <string>
#include <string_view>

namespace warpgauge {

// Empty, or what is wrong with text for a terminal or a log: control characters but tabs and line
// ends, C1, characters that reorder or hide text, invalid UTF-8, "##[", a line that begins with "::". With
// Commands::ours, lines of the form "::error title=...::..." are allowed.
enum class Commands { none, ours };
[[nodiscard]] std::string log_fault(std::string_view text, Commands commands = Commands::none);

// Empty, or markup in Markdown that we do not write ourselves: outside of code spans, there is no HTML but
// ours, no link, picture, mention or address, and the rows of a table have the columns of its head.
[[nodiscard]] std::string markdown_fault(std::string_view text);

}  // namespace warpgauge
