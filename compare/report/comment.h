// The comment under a pull request: the comparison, and where the time of its run went. The comparison may
// come from an artifact that a stranger's change wrote, so every text of it stands in a code span. Never more
// than kMarkdownLimit bytes.
#pragma once

#include <string>

#include "compare/decide/comparison.h"
#include "compare/report/timeline.h"

namespace warpgauge {

// The first line. By it the comment is found again.
inline constexpr const char* kCommentMarker = "<!-- warpgauge: performance of this change -->";

// `head` is the commit of the pull request; empty: the one that the comparison names.
[[nodiscard]] std::string comment_report(Comparison comparison, const Timeline& timeline,
                                         const std::string& head);

// Of a run that left no comparison, or one that is not valid: `reason`.
[[nodiscard]] std::string comment_without_result(const std::string& reason, const Timeline& timeline,
                                                 const std::string& head);

}  // namespace warpgauge
