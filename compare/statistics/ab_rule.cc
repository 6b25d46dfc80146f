#include "compare/statistics/ab_rule.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <stdexcept>

#include "base/quantile.h"

namespace warpgauge {
namespace {

// How alpha is spent over the interim analyses: little at first (Kim & DeMets 1987, the power family).
constexpr double kSpendingPower = 2.5;

constexpr double kAbsent = std::numeric_limits<double>::quiet_NaN();

double block_difference(const std::array<double, kPositions>& numbers, int block) {
  double difference = 0;
  for (int position = 0; position < kPositions; ++position)
    difference += (is_head(block, position) ? 0.5 : -0.5) * numbers[static_cast<std::size_t>(position)];
  return difference;
}

// The first `count` of a random order, the same on every platform (std::shuffle's order is not specified).
std::vector<std::size_t> draw(std::vector<std::size_t> from, std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  count = std::min(count, from.size());
  for (std::size_t i = 0; i < count; ++i) std::swap(from[i], from[i + random() % (from.size() - i)]);
  from.resize(count);
  return from;
}

}  // namespace

std::vector<int> look_blocks(const AbPlan& plan) {
  std::vector<int> blocks;
  for (int b = plan.first_blocks; b < plan.max_blocks; b *= 2) blocks.push_back(b);
  blocks.push_back(plan.max_blocks);
  return blocks;
}

AbRule::AbRule(std::vector<AbCase> cases, const AbPlan& plan)
    : cases_(std::move(cases)),
      plan_(plan),
      states_(cases_.size()),
      decided_(cases_.size(), Decided::inconclusive) {
  check(plan);
  look_blocks_ = look_blocks(plan);
  for (const AbCase& one : cases_) {
    margins_.push_back(one.margins);
    controls_.push_back(one.control);
  }
  if (cases_.empty()) return;
  next_.emplace(AbLook{0, look_blocks_.front(), std::vector<std::size_t>(cases_.size())});
  std::iota(next_->cases.begin(), next_->cases.end(), std::size_t{0});
}

void AbRule::check(const AbPlan& plan) const {
  if (plan.first_blocks < 2 || plan.max_blocks < plan.first_blocks)
    throw std::invalid_argument("blocks A..B: 2 <= A <= B is needed");
  if (!(plan.alpha > 0 && plan.alpha < 1))
    throw std::invalid_argument("alpha: a level between 0 and 1 is needed");
  if (plan.panel < static_cast<int>(kSeparableCases))
    throw std::invalid_argument(
        "panel: at least five cases are needed to estimate the random effect of a block");
  for (const AbCase& one : cases_) check_margins(one.margins);
}

void AbRule::take(std::span<const AbBlock> blocks) {
  if (!next_) throw std::invalid_argument("the run is complete: no more blocks can be taken");
  const AbLook look = *next_;
  if (static_cast<int>(blocks.size()) != look.last_block - look.first_block)
    throw std::invalid_argument("an interim analysis takes exactly the blocks that it requested");
  for (const AbBlock& block : blocks) {
    if (block.numbers.size() != cases_.size()) throw std::invalid_argument("a block needs one row per case");
    AbBlock& kept = blocks_.emplace_back();
    kept.numbers.assign(cases_.size(), {kAbsent, kAbsent, kAbsent, kAbsent});
    for (const std::size_t c : look.cases) {
      kept.numbers[c] = block.numbers[c];
      if (!std::isfinite(block_difference(block.numbers[c], 0))) drop(c, NoTime{});
    }
  }
  ++looks_;
  judge_look(look);
  plan_next(look);
}

void AbRule::limit_next(std::span<const std::size_t> cases) {
  if (!next_) return;
  std::erase_if(next_->cases, [&](std::size_t c) { return std::ranges::find(cases, c) == cases.end(); });
  if (next_->cases.empty()) next_.reset();
}

void AbRule::drop(std::size_t case_index, DecisionWhy why) {
  if (!states_[case_index].dropped) states_[case_index].dropped = std::move(why);
}

TwoWayData AbRule::differences() const {
  TwoWayData data;
  data.cases = cases_.size();
  data.head.assign(blocks_.size(), true);
  for (std::size_t b = 0; b < blocks_.size(); ++b)
    for (std::size_t c = 0; c < cases_.size(); ++c)
      data.values.push_back(!states_[c].dropped ? block_difference(blocks_[b].numbers[c], static_cast<int>(b))
                                                : kAbsent);
  return data;
}

double AbRule::spent(std::size_t look) const {
  if (look == 0) return 0;
  const double share = static_cast<double>(look_blocks_[look - 1]) / plan_.max_blocks;
  return plan_.alpha * std::pow(share, kSpendingPower);
}

// Half of what remains at each interim analysis, all of it at the last. Most cases are unchanged, so deciding
// them at the first one saves the most time.
double AbRule::unchanged_level(std::size_t look) const {
  const std::size_t halvings = std::min(look, look_blocks_.size() - 1);
  return kUnchangedLevel * std::pow(0.5, static_cast<double>(halvings));
}

std::vector<Standing> AbRule::standing(const TwoWayFit& fit) const {
  std::vector<Standing> standing(cases_.size(), Standing::open);
  for (std::size_t c = 0; c < cases_.size(); ++c) {
    if (decided_[c] == Decided::regression) {
      standing[c] = Standing::regression;
    } else if (decided_[c] == Decided::improvement) {
      standing[c] = Standing::improvement;
    } else if (decided_[c] == Decided::unchanged || fit.cases[c].units == 0) {
      standing[c] = Standing::closed;
    }
  }
  return standing;
}

void AbRule::judge_look(const AbLook& look) {
  const TwoWayFit fit = fit_two_way(differences(), controls_);
  if (!prior_) prior_ = variance_prior(fit);
  effects_ = estimate_effects(fit, *prior_, margins_);
  excluded_ = fit.excluded;

  const std::vector<Standing> standing = this->standing(fit);
  const auto index = static_cast<std::size_t>(looks_);
  const Levels levels{spent(index) - spent(index - 1), unchanged_level(index)};
  const std::vector<Verdict> verdicts = judge(effects_, margins_, standing, levels);
  const std::vector<ExcludedUnits> against = against_head(group_excluded(excluded_, 0, blocks_.size()));
  for (const std::size_t c : look.cases) {
    if (standing[c] != Standing::open) continue;
    decided_[c] = verdicts[c].decided;
    states_[c] = {.evidence = {.effect = effects_.cases[c],
                               .verdict = verdicts[c],
                               .margins = margins_[c],
                               .bulk_unchanged = effects_.bulk_unchanged,
                               .units = fit.cases[c].units,
                               .levels = {.look = levels.change},
                               .against_head = against},
                  .dropped = {}};
  }
}

void AbRule::plan_next(const AbLook& last) {
  next_.reset();
  if (looks_ == static_cast<int>(look_blocks_.size())) return;
  std::vector<std::size_t> running, others;
  bool undecided = false;
  for (const std::size_t c : last.cases) {
    if (states_[c].dropped) continue;
    const bool open = decided_[c] == Decided::inconclusive;
    undecided |= open;
    (open || controls_[c] ? running : others).push_back(c);
  }
  if (!undecided) return;
  // Only cases of the last interim analysis are drawn: they hold all blocks, so that all of them estimate g.
  const auto panel = static_cast<std::size_t>(plan_.panel);
  if (running.size() < panel) {
    const std::uint64_t seed = plan_.seed + static_cast<std::uint64_t>(looks_);
    for (const std::size_t c : draw(others, panel - running.size(), seed)) running.push_back(c);
  }
  std::sort(running.begin(), running.end());
  const auto index = static_cast<std::size_t>(looks_);
  next_.emplace(AbLook{look_blocks_[index - 1], look_blocks_[index], std::move(running)});
}

int AbRule::blocks_of(std::size_t case_index) const {
  return static_cast<int>(std::ranges::count_if(
      blocks_, [&](const AbBlock& block) { return !std::isnan(block.numbers[case_index][0]); }));
}

Decision AbRule::decision_about(std::size_t c, bool null_control_failed) const {
  const Evidence& last = states_[c].evidence;
  if (states_[c].dropped && decided_[c] == Decided::inconclusive) return no_decision(*states_[c].dropped);
  if (last.units == 0) return no_decision(NotAnalysed{});
  Evidence evidence = last;
  evidence.levels.single = last.levels.look * effects_.test_share / static_cast<double>(cases_.size());
  evidence.levels.unchanged = unchanged_level(look_blocks_.size());
  evidence.verdict.p_adjusted = std::min(1.0, last.verdict.p_adjusted * plan_.alpha / last.levels.look);
  Decision decision = decision_of(evidence, [&](int extra) { return 1.0 / (last.units + extra); });
  if (std::holds_alternative<ChangeProved>(decision.why) && null_control_failed) {
    decision.why = NullControlFailed{decision.decided};
    decision.decided = Decided::inconclusive;
  }
  return decision;
}

AbOutcome AbRule::outcome() const {
  AbOutcome outcome;
  outcome.looks = looks_;
  outcome.blocks = static_cast<int>(blocks_.size());
  outcome.null_control = null_control(blocks_, margins_, plan_.alpha);
  const bool failed = outcome.null_control.verdict == NullVerdict::failed;
  std::vector<double> detectable;
  for (std::size_t c = 0; c < cases_.size(); ++c) {
    outcome.decisions.push_back(decision_about(c, failed));
    detectable.push_back(outcome.decisions.back().mde);
  }
  for (const Outlier& block : excluded_)  // two processes per side in each
    for (auto* side : {&outcome.excluded_places.base, &outcome.excluded_places.head})
      side->insert(side->end(), {2 * block.unit, 2 * block.unit + 1});
  outcome.excluded = group_excluded(excluded_, 0, blocks_.size());
  outcome.mde = detectable.empty() ? std::numeric_limits<double>::infinity() : median(detectable);
  if (looks_ > 0 && effects_.has_relative)
    outcome.shared = judge_shared(effects_, margins_, {plan_.alpha, kUnchangedLevel});
  return outcome;
}

}  // namespace warpgauge
