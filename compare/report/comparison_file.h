// Reads comparison.json, which json.h writes: what is read is written as the same bytes, but for words. The
// sentences of notes are read as note::Sentence; a cell's `reason`, the counts and other derived keys are not
// read. Version 1 is read, too.
#pragma once

#include <string>
#include <string_view>

#include "compare/decide/comparison.h"

namespace warpgauge {

// Throw Diagnostic: a value out of its range, two cells of one name, or a verdict or exit code that does not
// follow from the cells and hindrances. Nothing in the file is trusted: texts have to be escaped for output.
[[nodiscard]] Comparison parse_comparison(std::string_view text, const std::string& file);
[[nodiscard]] Comparison read_comparison(const std::string& path);

}  // namespace warpgauge
