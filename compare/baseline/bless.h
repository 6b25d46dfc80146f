// What `bless` does to a stored baseline: takes a round in, and keeps it clean.
//
// A round is taken in whole: one number for every case that it measured. New cases join by themselves. A
// confirmed improvement drops the case's older rounds, so that lucky runs cannot ratchet it down one by one.
// A slow-down is let in only by name and with a reason, and restarts the case; one that came little by little
// (creep.h), too. The oldest round goes when there are more than kMaxRounds.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compare/baseline/baseline.h"
#include "compare/decide/comparison.h"
#include "compare/input/name_filter.h"

namespace warpgauge {

struct BlessEdits {
  std::optional<NameFilter> accept, remove;
  std::vector<std::string> renames;  // OLD=NEW
  std::string reason;
};

// Before the comparison: renames and removes cases, and takes those to be accepted out, so that they join
// anew. Records each in the history, with `round`'s date and commit. `measured`: the cases of the new round.
// Throws std::invalid_argument, with a hint, when an edit matches nothing or contradicts what was measured.
void edit_baseline(Baseline& baseline, const BlessEdits& edits, const std::set<std::string>& measured,
                   const BaselineRound& round);

// After it: adds the round with the head values of `comparison`'s cells.
void add_round(Baseline& baseline, const BaselineRound& round, const Comparison& comparison);

}  // namespace warpgauge
