// Edits of a stored baseline by `bless`: a new round, and what the user asks for by name.
//
// A round is taken in as a whole: one number for every case that it measured. New cases join. A confirmed
// improvement drops the case's older rounds, so that single fast rounds cannot lower the baseline step by
// step. A slower case is taken in only by name and with a reason, and restarts; so does a case that drifted
// (drift.h). Beyond kMaxRounds accepted rounds the oldest is dropped; likewise of the other rounds.
//
// A refused round is stored, but none of its values counts (baseline.h). In an accepted round, a value does
// not count if the case is at a known slower speed, or if `--noise` names it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "compare/baseline/baseline.h"
#include "compare/decide/comparison.h"
#include "compare/input/name_filter.h"
#include "compare/input/rename.h"

namespace warpgauge {

struct BlessEdits {
  std::optional<NameFilter> accept, remove;
  std::vector<std::string> renames;  // OLD=NEW, as Rename takes them
  std::string reason;
  std::optional<NameFilter> noise = {};
};

// Why an edit cannot be made.
namespace edit_problem {
enum class Flag { accept, remove, noise };
using rename_problem::EmptyNewName;
using rename_problem::NewNameTaken;
using rename_problem::NothingToRename;
using rename_problem::TwoToOne;
struct MatchesNothing {
  Flag flag;
};
struct StillMeasured {  // --remove of a case that the new round measured
  std::string name;
};
struct NotMeasured {  // --accept of a case that the new round did not measure
  std::string name;
};
struct AcceptedNoise {  // a case that --accept and --noise name
  std::string name;
};
}  // namespace edit_problem
using EditProblem =
    std::variant<edit_problem::NothingToRename, edit_problem::EmptyNewName, edit_problem::NewNameTaken,
                 edit_problem::TwoToOne, edit_problem::MatchesNothing, edit_problem::StillMeasured,
                 edit_problem::NotMeasured, edit_problem::AcceptedNoise>;

// Before the comparison: renames and removes cases, and removes those to be accepted, so that they join
// again. Records each edit in the history with `round`'s date and commit. `measured` are the cases of the new
// round. On a problem `baseline` is left in part edited.
[[nodiscard]] std::optional<EditProblem> edit_baseline(Baseline& baseline, const BlessEdits& edits,
                                                       const std::set<std::string>& measured,
                                                       const BaselineRound& round);

// The cases of the baseline that --noise names and that the round measured. Nothing is named by error.
[[nodiscard]] std::set<std::string> noise_cases(const Baseline& baseline, const BlessEdits& edits,
                                                const std::set<std::string>& measured);

// The round's state, and the cases that do not count or have failed, by its comparison. `noise`: cases that
// --noise names. `accepted`: whether the round may count.
void set_state(BaselineRound& round, const Comparison& comparison, const std::set<std::string>& noise,
               bool accepted);

// After the comparison: adds the round with the head values of its cells. It replaces refused rounds that it
// repeats: of the same time, or less than an hour before and not known to be of another boot.
void add_round(Baseline& baseline, const BaselineRound& round, const Comparison& comparison);

}  // namespace warpgauge
