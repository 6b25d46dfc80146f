// Makes foreign text, such as names of cases, safe in each format of output. Every function takes any bytes.
#pragma once

#include <string>
#include <string_view>

namespace warpgauge {

// For terminals and logs: control bytes, invalid UTF-8 and characters that reorder or hide text become \x..
// or \u{....}. "##[", a command in a CI log, is escaped. The functions below include this one.
[[nodiscard]] std::string visible(std::string_view text);

// Lines of text, for terminals and logs, whatever they contain: as visible(), but tabs and line ends stay. A
// line that begins with "::", also after blanks, is a workflow command to GitHub: its second colon is
// escaped. With Sgr::kept, the sequences that set colours stay, too.
enum class Sgr { escaped, kept };
[[nodiscard]] std::string safe_lines(std::string_view text, Sgr sgr = Sgr::escaped);

// A code span: no link, mention or markup in it has an effect.
[[nodiscard]] std::string markdown_code(std::string_view text);
// Markdown for a cell of a table: rows are split at pipes before code spans are parsed (GitHub Flavored
// Markdown, 4.10).
[[nodiscard]] std::string markdown_cell(std::string_view markdown);
// Running text: sentences of ours with foreign names.
[[nodiscard]] std::string markdown_text(std::string_view text);

[[nodiscard]] std::string xml_text(std::string_view text);  // for attributes, too

// GitHub's workflow commands, ::error title=PROPERTY::DATA
[[nodiscard]] std::string github_data(std::string_view text);
[[nodiscard]] std::string github_property(std::string_view text);

// JSON, with the same values: characters that visible() escapes become \u.... as far as they stand in it.
[[nodiscard]] std::string json_document(std::string_view json);

// One word of a POSIX shell command line.
[[nodiscard]] std::string shell_word(std::string_view text);

// A pattern that matches exactly this text, in Google Benchmark's filter.
[[nodiscard]] std::string regex_literal(std::string_view text);

// At most `characters` of a text. The middle is omitted, because names differ at their ends.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t characters);

// Columns on a terminal: one per code point.
[[nodiscard]] std::size_t display_width(std::string_view text);

}  // namespace warpgauge
