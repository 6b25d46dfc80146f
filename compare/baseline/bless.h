// Edits of a stored baseline by `bless`: a new round, and what the user asks for by name.
//
// A round is taken in as a whole: one number for every case that it measured. New cases join. A confirmed
// improvement drops the case's older rounds, so that single fast rounds cannot lower the baseline step by
// step. A slower case is taken in only by name and with a reason, and restarts; so does a case that drifted
// (drift.h). Beyond kMaxRounds the oldest round is dropped.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <variant>
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

// Why an edit cannot be made.
namespace edit_problem {
enum class Flag { accept, remove };
struct NothingToRename {  // no case of the baseline is called OLD
  std::string text;       // OLD=NEW
};
struct EmptyNewName {
  std::string text;
};
struct NewNameTaken {
  std::string text, name;
};
struct MatchesNothing {
  Flag flag;
};
struct StillMeasured {  // --remove of a case that the new round measured
  std::string name;
};
struct NotMeasured {  // --accept of a case that the new round did not measure
  std::string name;
};
}  // namespace edit_problem
using EditProblem =
    std::variant<edit_problem::NothingToRename, edit_problem::EmptyNewName, edit_problem::NewNameTaken,
                 edit_problem::MatchesNothing, edit_problem::StillMeasured, edit_problem::NotMeasured>;

// Before the comparison: renames and removes cases, and removes those to be accepted, so that they join
// again. Records each edit in the history with `round`'s date and commit. `measured` are the cases of the new
// round. On a problem `baseline` is left in part edited.
[[nodiscard]] std::optional<EditProblem> edit_baseline(Baseline& baseline, const BlessEdits& edits,
                                                       const std::set<std::string>& measured,
                                                       const BaselineRound& round);

// After the comparison: adds the round with the head values of its cells.
void add_round(Baseline& baseline, const BaselineRound& round, const Comparison& comparison);

}  // namespace warpgauge
