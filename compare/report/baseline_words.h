// What `bless` and `trend` say about a stored baseline. One sentence per kind of fact, without a full
// stop. Names in it are escaped for a terminal.
#pragma once

#include <span>
#include <string>

#include "compare/baseline/bless.h"
#include "compare/baseline/drift.h"
#include "compare/baseline/history.h"
#include "compare/baseline/round.h"

namespace warpgauge {

// Why a round is refused, and what to do: "under an hour old: ..."
[[nodiscard]] std::string round_problem_text(const RoundProblem& problem);

// Why the flag that requested the edit is wrong: "--remove matches no case of the baseline; ..."
[[nodiscard]] std::string edit_problem_text(const EditProblem& problem);

[[nodiscard]] std::string history_note_text(const HistoryNote& note);

// Why `bless` refuses, if cases drifted: one line per case, and what to do.
[[nodiscard]] std::string drift_refusal(std::span<const Drift> drifted);

}  // namespace warpgauge
