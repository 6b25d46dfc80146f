// Parts of Markdown that `--markdown` and `comment` share, so that both show the same figures. Texts from the
// data are escaped and bounded: all parts but the folded table together stay well below kMarkdownLimit.
#pragma once

#include <cstddef>
#include <string>

#include "compare/decide/comparison.h"

namespace warpgauge::markdown {

// Bytes that one text may take once it is escaped.
inline constexpr std::size_t kLongestName = 240, kLongestText = 600, kLongestCommand = 2000;

// How a sentence with names from the data is written: as escaped text, or as a code span if the whole
// comparison comes from a file that nobody vouches for.
enum class Sentences { text, code };

[[nodiscard]] std::string code(const std::string& text, std::size_t longest);
[[nodiscard]] std::string sentence(const std::string& text, Sentences how);

[[nodiscard]] const char* mark_of(RunVerdict verdict);

// At most ten cases that are neither unchanged nor new, and why.
[[nodiscard]] std::string worst_cases(const Comparison& comparison, Sentences how);
[[nodiscard]] std::string environment(const Comparison& comparison);
[[nodiscard]] std::string notes(const Comparison& comparison, Sentences how);
// All cases, folded; as many rows as fit into `room` bytes.
[[nodiscard]] std::string full_table(const Comparison& comparison, std::size_t room);

}  // namespace warpgauge::markdown
