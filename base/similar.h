// Which of the known names a misspelt one may stand for.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace warpgauge {

// At most three of `names`, the most similar first. Similar: few edits apart (Damerau-Levenshtein distance,
// optimal string alignment), or one is the beginning of the other.
[[nodiscard]] std::vector<std::string> similar_names(std::string_view misspelt,
                                                     std::span<const std::string> names);

// "did you mean smoke?", "did you mean cpu/naive or cuda/naive?"; empty if no name is similar.
[[nodiscard]] std::string did_you_mean(std::string_view misspelt, std::span<const std::string> names);

}  // namespace warpgauge
