// What our programs write to stdout and stderr. Nothing else of ours writes there (tests/tree), so that
// foreign text cannot disguise itself or command a terminal or the log of a CI run: every line is made safe
// (safe_lines in escape.h).
#pragma once

#include <string_view>

namespace warpgauge {

enum class Colours { none, kept };  // kept: the text may contain sequences that set colours

// Lines of text on stdout. Throws OutputError.
void print(std::string_view text, Colours colours = Colours::none);

// A whole document in a format of its own (JSON, Markdown, XML, GitHub's workflow commands) on stdout, as it
// is: its writer has escaped what is foreign. Throws OutputError.
void print_document(std::string_view text);

// Lines of text on stderr. A failure to write them is ignored.
void print_to_stderr(std::string_view text);

// One line on stderr that replaces the one shown before; empty: erases it. For terminals only.
void show_status(std::string_view line);

}  // namespace warpgauge
