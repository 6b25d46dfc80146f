// The rule of the A/B run: base and head interleaved in blocks of four fresh processes, looked at after A,
// 2A, 4A... and B blocks, until every case is decided. A state machine, for whoever has or makes the blocks
// (the driver, a recorded run, the simulation):
//
//   AbRule rule(cases, plan);
//   while (const AbLook* look = rule.next()) rule.take(the blocks look->first_block .. look->last_block of
//   look->cases); rule.outcome()
//
// Method: two-way model (two_way_model.h), two tests a case, Holm over all cases at every look (judgement.h),
// alpha spent as alpha (t / B)^2.5; unchanged by two one-sided tests, half of what is left of .05 at
// each look.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "compare/statistics/decision.h"
#include "compare/statistics/judgement.h"
#include "compare/statistics/moderation.h"
#include "compare/statistics/null_control.h"

namespace warpgauge {

struct AbCase {
  Margins margins;
  bool control = false;  // the change cannot touch it: three or more of these take the machine's shifts out
};

struct AbPlan {
  int first_blocks = 6;    // A >= 2
  int max_blocks = 24;     // B >= A
  double alpha = 0.01;     // over the whole run, for either direction
  int panel = 12;          // cases that later looks run at least, sentinels among them
  std::uint64_t seed = 0;  // draws the sentinels
};

// Blocks after which the run is looked at: A, 2A, 4A... below B, and B.
std::vector<int> look_blocks(const AbPlan& plan);

struct AbLook {
  int first_block = 0, last_block = 0;  // to be run, [first, last)
  std::vector<std::size_t> cases;  // ascending: the undecided, the controls, and sentinels drawn at random
};

struct AbOutcome : Outcome {
  NullControl null_control;
  int looks = 0;   // taken
  int blocks = 0;  // taken
};

class AbRule {
 public:
  // Throws std::invalid_argument on a plan or margins that make no sense.
  AbRule(std::vector<AbCase> cases, const AbPlan& plan);

  // What to run next; null once every case is decided, dropped, or the last look is taken.
  const AbLook* next() const { return next_ ? &*next_ : nullptr; }

  // Takes the blocks of next() and decides. Only cases of that look are read; one that is not finite in all
  // of them is dropped. Throws std::invalid_argument when the blocks are not as many as asked for.
  void take(std::span<const AbBlock> blocks);

  // Takes a case out of the run (it crashed, it is wrong): no later look asks for it; inconclusive unless it
  // was decided before, and still one of Holm's family.
  void drop(std::size_t case_index, DecisionWhy why);

  // As it stands: at the end, or when the run was interrupted.
  AbOutcome outcome() const;

  // As decided so far, for progress; the null control is not applied.
  const std::vector<Decided>& decided() const { return decided_; }
  int blocks_of(std::size_t case_index) const;  // that it ran in

 private:
  // What a case's last look found.
  struct Finding {
    Effect effect;
    Verdict verdict;
    double level_change = 0;      // of that look
    bool bulk_unchanged = false;  // at that look
    int blocks = 0;
    std::vector<ExcludedUnits> against_head;  // of that look
    std::optional<DecisionWhy> dropped;
  };

  void check(const AbPlan& plan) const;
  TwoWayData differences() const;
  void judge_look(const AbLook& look);
  void plan_next(const AbLook& last);
  double spent(std::size_t look) const;            // alpha after that many looks
  double unchanged_level(std::size_t look) const;  // 1: the first
  Decision decision_about(std::size_t case_index, bool null_control_failed) const;

  std::vector<AbCase> cases_;
  std::vector<Margins> margins_;  // [case]
  std::vector<char> controls_;    // [case]
  AbPlan plan_;
  std::vector<int> look_blocks_;
  std::vector<AbBlock> blocks_;
  std::vector<Finding> findings_;  // [case]
  std::vector<Decided> decided_;   // [case]
  std::optional<VariancePrior> prior_;
  Effects effects_;                // of the last look
  std::vector<Outlier> excluded_;  // blocks, at the last look
  int looks_ = 0;
  std::optional<AbLook> next_;
};

}  // namespace warpgauge
