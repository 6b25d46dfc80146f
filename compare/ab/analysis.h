// From the results of an A/B run to its comparison. The live driver and the replay of a recorded run feed the same
// object with the same files, so that they cannot disagree.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "compare/ab/run_record.h"
#include "compare/comparison.h"
#include "compare/input/result_set.h"
#include "compare/statistics/ab_rule.h"
#include "compare/statistics/statistic.h"

namespace warpgauge {

// The four processes of one block, in the order in which they ran.
using BlockResults = std::array<Process, kPositions>;

class AbAnalysis {
 public:
  // Takes the plan and the cases of the record; what happened in it is not read.
  explicit AbAnalysis(const RunRecord& record);

  // What to run next: blocks, and indices into the record's cases; null when the rule is done.
  const AbLook* next() const { return rule_.next(); }

  // The results of all blocks of next(). A case of the look that lacks samples in one of them is dropped.
  void take(const std::vector<BlockResults>& blocks);

  void drop(const DroppedCase& dropped);

  const AbRule& rule() const { return rule_; }
  std::string statistic() const;  // "q25"; empty before the first look

  // As it stands, with the policy's exit code for `ended_early` and what was dropped.
  Comparison comparison(const RunRecord& record) const;

 private:
  // Samples of one case over the processes of a look, in the order in which they ran.
  struct CaseSamples {
    ProcessSamples base, head;
  };
  CaseSamples samples_of(std::size_t case_index, const std::vector<BlockResults>& blocks) const;
  void remember(std::size_t case_index, const CaseSamples& samples);

  std::vector<RunCase> cases_;
  Metric metric_;
  AbRule rule_;
  bool statistic_chosen_ = false;
  Statistic statistic_ = Statistic::median;
  std::vector<CaseSamples> seen_;  // [case], of all looks, for the reports' summaries
  Context base_context_, head_context_;
};

}  // namespace warpgauge
