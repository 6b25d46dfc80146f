// Text from the data is never trusted: a case may be called anything. A function a format, safe on any bytes.
#pragma once

#include <string>
#include <string_view>

namespace warpgauge {

// For terminals and logs: control bytes, invalid UTF-8 and characters that reorder or hide text become \x..
// or \u{....}; "##[", which a CI log takes for a command, is broken up. All others below build on this one.
std::string visible(std::string_view text);

// A code span, in which nothing is a link, a mention or markup.
std::string markdown_code(std::string_view text);
// Markdown as it has to stand in a cell of a table: rows are split at pipes before code spans are seen
// (GitHub Flavored Markdown, 4.10).
std::string markdown_cell(std::string_view markdown);
// Running text: the same, for sentences of our own with names in them.
std::string markdown_text(std::string_view text);

std::string xml_text(std::string_view text);  // for attributes, too

// GitHub's workflow commands, ::error title=PROPERTY::DATA
std::string github_data(std::string_view text);
std::string github_property(std::string_view text);

// One word of a POSIX shell's command line.
std::string shell_word(std::string_view text);

// A pattern that matches exactly this text, in Google Benchmark's filter.
std::string regex_literal(std::string_view text);

// At most `characters` of a text, the middle left out: names differ at their ends.
std::string shortened(std::string_view text, std::size_t characters);

// Columns on a terminal, one for each code point.
std::size_t display_width(std::string_view text);

}  // namespace warpgauge
