// From the results of an A/B run to its comparison. The live run and `gate --run` give the same files to the
// same code, so their reports are identical.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "compare/ab/run_record.h"
#include "compare/decide/comparison.h"
#include "compare/decide/match.h"
#include "compare/input/result_set.h"
#include "compare/statistics/ab_rule.h"
#include "compare/statistics/statistic.h"

namespace warpgauge {

// The four processes of one block, in the order in which they ran.
using BlockResults = std::array<Process, kPositions>;

class AbAnalysis {
 public:
  // Uses the plan and the cases of the record, not its results.
  explicit AbAnalysis(const RunRecord& record);

  // What to run next, with indices into the record's cases; null once the rule is done.
  [[nodiscard]] const AbLook* next() const { return rule_.next(); }

  // Leaves only these cases in next(), by name (AbRule::limit_next).
  void limit_next(const std::vector<std::string>& names);

  // Takes the results of all blocks of next(). A case that lacks a number in one of them is dropped.
  void take(std::vector<BlockResults> blocks);

  void drop(const DroppedCase& dropped);

  [[nodiscard]] const AbRule& rule() const { return rule_; }
  [[nodiscard]] std::string statistic() const;  // "q25", chosen at the first interim analysis

  // The comparison so far. From `record` come the dropped cases, the cases of one side only, and how the run
  // ended.
  [[nodiscard]] Comparison comparison(const RunRecord& record) const;

 private:
  void name_cases(Process& process, Side side) const;
  void choose_statistic_by(const std::vector<CasePair>& pairs);
  Outcome outcome_of(const AbOutcome& outcome, const std::vector<std::string>& names) const;

  Metric metric_;
  std::map<std::string, std::size_t> index_;                        // by name
  std::map<std::string, std::string> name_of_base_, name_of_head_;  // by raw name
  AbRule rule_;
  bool statistic_chosen_ = false;
  Statistic statistic_ = Statistic::median;
  ResultSet base_, head_;  // of all blocks
};

// Repeats the comparison of a run from the folder of `ab --keep`. Throws Diagnostic if a file is missing, or
// if the recorded interim analyses are not those that the rule requests.
//
// `metric`: another one than the run was decided by. The files hold it too, but the rule may request other
// cases than were measured. Then each case is judged by the interim analyses that measured it.
[[nodiscard]] Comparison replay_run(const std::string& directory, const std::optional<Metric>& metric = {});

}  // namespace warpgauge
