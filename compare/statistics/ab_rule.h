// The rule of the A/B run. Base and head run interleaved in blocks of four fresh processes. Interim analyses
// follow after A, 2A, 4A... and B blocks, until every case is decided. The rule is a state machine; the
// caller (the driver, a recorded run, the simulation) provides the blocks:
//
//   AbRule rule(cases, plan);
//   while (const AbLook* look = rule.next())
//     rule.take(the blocks [look->first_block, look->last_block) of look->cases);
//   rule.outcome()
//
// With several metrics, a case is a benchmark and metric: cases[metric * benchmarks + benchmark]. All of them
// are one family. A benchmark runs as long as one of its metrics is open.
//
// Method: two-way model (two_way_model.h), Holm over all cases at every interim analysis (judgement.h). Alpha
// is spent as alpha (t / B)^2.5. "Unchanged" spends half of what remains of .05 at each interim analysis, and
// all of it at the last.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "compare/statistics/decision.h"
#include "compare/statistics/difference_rule.h"
#include "compare/statistics/judgement.h"
#include "compare/statistics/null_control.h"

namespace warpgauge {

// What the numbers of a case are.
enum class AbScale {
  log,
  difference,  // in the metric's unit, larger is worse: a number is not above 0 (difference_rule.h)
  untested,    // needs no test: exact, or the benchmark lacks the metric
};

struct AbCase {
  Margins margins;
  bool control = false;  // the change cannot affect it; three or more measure the machine itself
  AbScale scale = AbScale::log;
  Limits limits = {};  // of a difference
};

struct AbPlan {
  int first_blocks = 6;  // A >= 2
  int max_blocks = 24;   // B >= A
  double alpha = 0.01;   // family-wise, over the whole run, per direction
  int panel = 12;  // minimum panel size: cases that a later interim analysis runs, decided ones included
  std::uint64_t seed = 0;  // draws the decided cases of a panel
};

// The blocks before each interim analysis: A, 2A, 4A... below B, and B.
[[nodiscard]] std::vector<int> look_blocks(const AbPlan& plan);

// What to run before the next interim analysis.
struct AbLook {
  int first_block = 0, last_block = 0;  // [first, last)
  // Benchmarks, ascending: open ones, controls, and decided ones drawn at random.
  std::vector<std::size_t> cases;
};

struct AbOutcome : Outcome {
  NullControl null_control;
  int looks = 0;   // interim analyses done
  int blocks = 0;  // blocks taken
};

class AbRule {
 public:
  // Throws std::invalid_argument if the plan or the margins are invalid.
  AbRule(std::vector<AbCase> cases, const AbPlan& plan, std::size_t metrics = 1);

  // Null once every case is decided or dropped, or after the last interim analysis.
  [[nodiscard]] const AbLook* next() const { return next_ ? &*next_ : nullptr; }

  // Takes the blocks of next() and decides. Reads only the benchmarks of next(). A case with a number that is
  // not finite is dropped. Throws std::invalid_argument unless the blocks are exactly those of next().
  void take(std::span<const AbBlock> blocks);

  // Leaves only these benchmarks in next(): a recorded run holds no others. The rest stay as they are. Ends
  // the run if none is left.
  void limit_next(std::span<const std::size_t> cases);

  // Removes a benchmark from the run, because it crashed or is wrong. Later interim analyses do not run it.
  // It is inconclusive unless it was decided before, and stays in Holm's family.
  void drop(std::size_t benchmark, const DecisionWhy& why);
  // The same for one metric of a benchmark. With BelowResolution it is unchanged.
  void drop_case(std::size_t case_index, const DecisionWhy& why);

  // Of one metric. May be called at any time, for example after an interruption.
  [[nodiscard]] AbOutcome outcome(std::size_t metric = 0) const;

  // The decisions so far, for progress. The null control is not applied.
  [[nodiscard]] std::vector<Decided> decided() const;
  [[nodiscard]] int blocks_of(std::size_t case_index) const;  // blocks in which the case ran

 private:
  // A case after its last interim analysis.
  struct CaseState {
    Effect effect;  // units 0: not analysed yet
    Verdict verdict;
    double level = 0;  // of that interim analysis, over all cases
    std::optional<DecisionWhy> dropped;
    std::optional<Decision> zeros;  // no test was needed
  };
  // A metric at the last interim analysis.
  struct MetricState {
    std::optional<VariancePrior> prior;
    Effects effects;                // of the cases that are judged by logs; the others are absent
    std::vector<Outlier> excluded;  // blocks
  };

  void check(const AbPlan& plan) const;
  std::size_t benchmarks() const { return cases_.size() / metrics_.size(); }
  std::vector<std::size_t> tested() const;
  TwoWayData differences(std::size_t metric) const;
  Effect difference_of(std::size_t case_index) const;
  void fit_metric(std::size_t metric);
  void settle_zeros(std::size_t case_index);
  Effect effect_of(std::size_t case_index) const;
  void judge_look(const AbLook& look);
  void plan_next(const AbLook& last);
  double spent(std::size_t look) const;            // alpha after this many interim analyses
  double unchanged_level(std::size_t look) const;  // 1: the first
  bool is_below_resolution(std::size_t case_index) const;
  Decision decision_about(std::size_t case_index, bool null_control_failed) const;

  std::vector<AbCase> cases_;
  std::vector<MetricState> metrics_;
  std::vector<Margins> margins_;  // [case]
  std::vector<char> controls_;    // [benchmark]
  AbPlan plan_;
  std::vector<int> look_blocks_;
  std::vector<AbBlock> blocks_;
  std::vector<CaseState> states_;  // [case]
  std::vector<Decided> decided_;   // [case]
  double test_share_ = 1;          // at the last interim analysis
  int looks_ = 0;
  std::optional<AbLook> next_;
};

}  // namespace warpgauge
