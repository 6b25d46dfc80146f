// From the results of an A/B run to its comparison. The live driver and the replay of a recorded run feed the
// same object with the same files, so that they cannot disagree.
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
  // Takes the plan and the cases of the record; what happened in the run is not read.
  explicit AbAnalysis(const RunRecord& record);

  // What to run next: blocks, and indices into the record's cases; null when the rule is done.
  const AbLook* next() const { return rule_.next(); }

  // The results of all blocks of next(). A case of the look that lacks a number in one of them is dropped.
  void take(std::vector<BlockResults> blocks);

  void drop(const DroppedCase& dropped);

  const AbRule& rule() const { return rule_; }
  std::string statistic() const;  // "q25": chosen at the first look

  // As it stands. `record` tells what was dropped, what only one side lists, and how the run ended.
  Comparison comparison(const RunRecord& record) const;

 private:
  void name_cases(Process& process, Side side) const;
  void choose(const std::vector<CasePair>& pairs);
  Outcome outcome_of(const AbOutcome& outcome, const std::vector<std::string>& names) const;

  Metric metric_;
  std::map<std::string, std::size_t> index_;                        // by name
  std::map<std::string, std::string> name_of_base_, name_of_head_;  // by raw name
  AbRule rule_;
  bool statistic_chosen_ = false;
  Statistic statistic_ = Statistic::median;
  ResultSet base_, head_;  // of all blocks
};

// Makes the comparison of a run again from what `ab --keep` left in a folder. Throws Diagnostic where files
// are missing, or where the record's looks are not what the rule asks for.
Comparison replay_run(const std::string& directory);

}  // namespace warpgauge
