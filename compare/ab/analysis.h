// From the results of an A/B run to its comparison. The live run and `gate --run` give the same files to the
// same code, so their reports are identical.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "compare/ab/run_record.h"
#include "compare/decide/comparison.h"
#include "compare/decide/gate.h"
#include "compare/decide/match.h"
#include "compare/decide/process_numbers.h"
#include "compare/input/result_set.h"
#include "compare/statistics/ab_rule.h"
#include "compare/statistics/statistic.h"

namespace warpgauge {

// The four processes of one block, in the order in which they ran, as read for one metric.
using BlockResults = std::array<Process, kPositions>;

class AbAnalysis {
 public:
  // Uses the plan and the cases of the record, not its results.
  explicit AbAnalysis(const RunRecord& record);

  // What to run next, with indices into the record's cases; null once the rule is done.
  [[nodiscard]] const AbLook* next() const { return rule_.next(); }

  // Leaves only these cases in next(), by name (AbRule::limit_next).
  void limit_next(const std::vector<std::string>& names);

  // Takes the results of all blocks of next(), [metric][block]. A case that lacks a number in one of them is
  // dropped.
  void take(std::vector<std::vector<BlockResults>> metrics);

  void drop(const DroppedCase& dropped);

  [[nodiscard]] const AbRule& rule() const { return rule_; }
  [[nodiscard]] std::string statistic() const;  // "q25", chosen at the first interim analysis

  // The comparison so far. From `record` come the dropped cases, the cases of one side only, and how the run
  // ended.
  [[nodiscard]] Comparison comparison(const RunRecord& record) const;

 private:
  // A metric in the blocks of one interim analysis.
  struct LookMetric {
    MetricSides sides;
    std::vector<CasePair> pairs;
    NumberPlan plan;
  };

  void name_cases(Process& process, Side side) const;
  LookMetric look_metric(std::size_t metric, int first_block, std::vector<BlockResults> blocks) const;
  void begin(const std::vector<LookMetric>& look);
  void choose_statistic_by(const std::vector<LookMetric>& look);
  void set_scales(const std::vector<LookMetric>& look);
  void set_scale(AbCase& of_rule, std::size_t metric, const LookMetric& look, const CasePair& pair) const;
  void fill_numbers(std::size_t metric, const LookMetric& look, int first_block,
                    std::vector<AbBlock>& blocks);
  Outcome outcome_of(std::size_t metric, const std::vector<std::string>& names) const;
  Process listing(const RunRecord& record, Side side, std::size_t metric) const;

  std::vector<RunMetric> metrics_;
  std::vector<RunCase> cases_;
  AbPlan plan_;
  std::map<std::string, std::size_t> index_;                        // by name
  std::map<std::string, std::string> name_of_base_, name_of_head_;  // by raw name
  std::vector<AbCase> rule_cases_;                                  // [metric * cases + case]
  AbRule rule_;
  std::vector<DroppedCase> dropped_;
  bool has_begun_ = false;  // the first interim analysis was measured
  Statistic statistic_ = Statistic::median;
  std::vector<MetricSides> sides_;  // [metric]: of all blocks
};

// Repeats the comparison of a run from the folder of `ab --keep`. Throws Diagnostic if a file is missing, or
// if the recorded interim analyses are not those that the rule requests.
//
// `metrics`: others than the run was decided by. The files hold it too, but the rule may request other
// cases than were measured. Then each case is judged by the interim analyses that measured it.
struct ReplayChanges {
  std::vector<Metric> metrics = {};            // empty: those of the run
  std::vector<std::string> allow_failed = {};  // in addition to those of the run
};
[[nodiscard]] Comparison replay_run(const std::string& directory, const ReplayChanges& changes = {});

}  // namespace warpgauge
