// The rule of the A/B run. Base and head run interleaved in blocks of four fresh processes. Interim analyses
// follow after A, 2A, 4A... and B blocks, until every case is decided. The rule is a state machine; the
// caller (the driver, a recorded run, the simulation) provides the blocks:
//
//   AbRule rule(cases, plan);
//   while (const AbLook* look = rule.next())
//     rule.take(the blocks [look->first_block, look->last_block) of look->cases);
//   rule.outcome()
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
#include "compare/statistics/judgement.h"
#include "compare/statistics/null_control.h"

namespace warpgauge {

struct AbCase {
  Margins margins;
  bool control = false;  // the change cannot affect it; three or more measure the machine itself
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
  std::vector<std::size_t> cases;       // ascending: open cases, controls, and decided cases drawn at random
};

struct AbOutcome : Outcome {
  NullControl null_control;
  int looks = 0;   // interim analyses done
  int blocks = 0;  // blocks taken
};

class AbRule {
 public:
  // Throws std::invalid_argument if the plan or the margins are invalid.
  AbRule(std::vector<AbCase> cases, const AbPlan& plan);

  // Null once every case is decided or dropped, or after the last interim analysis.
  [[nodiscard]] const AbLook* next() const { return next_ ? &*next_ : nullptr; }

  // Takes the blocks of next() and decides. Reads only the cases of next(). A case with a number that is not
  // finite is dropped. Throws std::invalid_argument unless the blocks are exactly those of next().
  void take(std::span<const AbBlock> blocks);

  // Leaves only these cases in next(): a recorded run holds no others. The rest stay as they are. Ends the
  // run if none is left.
  void limit_next(std::span<const std::size_t> cases);

  // Removes a case from the run, because it crashed or is wrong. Later interim analyses do not run it. It is
  // inconclusive unless it was decided before, and stays in Holm's family.
  void drop(std::size_t case_index, DecisionWhy why);

  // May be called at any time, for example after an interruption.
  [[nodiscard]] AbOutcome outcome() const;

  // The decisions so far, for progress. The null control is not applied.
  [[nodiscard]] const std::vector<Decided>& decided() const { return decided_; }
  [[nodiscard]] int blocks_of(std::size_t case_index) const;  // blocks in which the case ran

 private:
  // A case after its last interim analysis.
  struct CaseState {
    Evidence evidence;  // units 0: not analysed yet
    std::optional<DecisionWhy> dropped;
  };

  void check(const AbPlan& plan) const;
  TwoWayData differences() const;
  std::vector<Standing> standing(const TwoWayFit& fit) const;
  void judge_look(const AbLook& look);
  void plan_next(const AbLook& last);
  double spent(std::size_t look) const;            // alpha after this many interim analyses
  double unchanged_level(std::size_t look) const;  // 1: the first
  Decision decision_about(std::size_t case_index, bool null_control_failed) const;

  std::vector<AbCase> cases_;
  std::vector<Margins> margins_;  // [case]
  std::vector<char> controls_;    // [case]
  AbPlan plan_;
  std::vector<int> look_blocks_;
  std::vector<AbBlock> blocks_;
  std::vector<CaseState> states_;  // [case]
  std::vector<Decided> decided_;   // [case]
  std::optional<VariancePrior> prior_;
  Effects effects_;                // of the last interim analysis
  std::vector<Outlier> excluded_;  // blocks, at the last interim analysis
  int looks_ = 0;
  std::optional<AbLook> next_;
};

}  // namespace warpgauge
