// Notes and hindrances of a comparison, in words: one sentence each.
#pragma once

#include <string>
#include <vector>

#include "compare/decide/comparison.h"

namespace warpgauge {

[[nodiscard]] std::string note_sentence(const Note& note, const AppliedPolicy& policy);

// Why the run does not pass, and what to do. Empty if a note says it.
[[nodiscard]] std::string hindrance_sentence(Hindrance hindrance);
// As comparison.json names it: "cases_missing".
[[nodiscard]] const char* hindrance_name(Hindrance hindrance);

// The first line of every report, whatever the verdict: most cases changed together. Empty if they did not.
[[nodiscard]] std::string first_sentence(const Comparison& comparison);

// First what decides the verdict: the hindrances, and the notes that explain them. Then the other notes, in
// the order of the comparison. Folded: many notes of one kind become one sentence, with their number and the
// first three. If they have a reason, such as that of a skipped case, the sentence ends with that of the
// first.
enum class NoteDetail { folded, all };
[[nodiscard]] std::vector<std::string> note_sentences(const Comparison& comparison,
                                                      NoteDetail detail = NoteDetail::folded);

}  // namespace warpgauge
