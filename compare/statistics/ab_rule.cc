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

// A number that has no logarithm is infinite.
std::optional<DecisionWhy> problem_with(const std::array<double, kPositions>& numbers, AbScale scale) {
  if (scale == AbScale::untested || std::isfinite(block_difference(numbers, 0))) return std::nullopt;
  if (std::ranges::any_of(numbers, [](double one) { return std::isnan(one); })) return NoTime{};
  return DifferenceOpen{};
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

AbRule::AbRule(std::vector<AbCase> cases, const AbPlan& plan, std::size_t metrics)
    : cases_(std::move(cases)),
      metrics_(metrics),
      plan_(plan),
      states_(cases_.size()),
      decided_(cases_.size(), Decided::inconclusive) {
  check(plan);
  look_blocks_ = look_blocks(plan);
  for (const AbCase& one : cases_) margins_.push_back(one.margins);
  for (std::size_t b = 0; b < benchmarks(); ++b) controls_.push_back(cases_[b].control);
  if (cases_.empty()) return;
  next_.emplace(AbLook{0, look_blocks_.front(), std::vector<std::size_t>(benchmarks())});
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
    for (std::size_t c = 0; c < cases_.size(); ++c) {
      if (!std::ranges::binary_search(look.cases, c % benchmarks())) continue;
      kept.numbers[c] = block.numbers[c];
      if (const auto why = problem_with(block.numbers[c], cases_[c].scale)) drop_case(c, *why);
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

void AbRule::drop_case(std::size_t c, const DecisionWhy& why) {
  if (states_[c].dropped) return;
  if (std::holds_alternative<BelowResolution>(why)) decided_[c] = Decided::unchanged;
  states_[c].dropped = why;
}

void AbRule::drop(std::size_t benchmark, const DecisionWhy& why) {
  for (std::size_t c = benchmark; c < cases_.size(); c += benchmarks()) drop_case(c, why);
}

// The cases that are in the family.
std::vector<std::size_t> AbRule::tested() const {
  std::vector<std::size_t> tested;
  for (std::size_t c = 0; c < cases_.size(); ++c)
    if (cases_[c].scale != AbScale::untested) tested.push_back(c);
  return tested;
}

// Of the cases with logs.
TwoWayData AbRule::differences(std::size_t metric) const {
  TwoWayData data;
  data.cases = benchmarks();
  data.head.assign(blocks_.size(), true);
  const std::size_t first = metric * benchmarks();
  for (std::size_t b = 0; b < blocks_.size(); ++b)
    for (std::size_t c = first; c < first + benchmarks(); ++c)
      data.values.push_back(!states_[c].dropped && cases_[c].scale == AbScale::log
                                ? block_difference(blocks_[b].numbers[c], static_cast<int>(b))
                                : kAbsent);
  return data;
}

Effect AbRule::difference_of(std::size_t c) const {
  std::vector<double> differences;
  for (std::size_t b = 0; b < blocks_.size(); ++b)
    differences.push_back(block_difference(blocks_[b].numbers[c], static_cast<int>(b)));
  return paired_difference(states_[c].dropped ? std::vector<double>() : differences, cases_[c].limits);
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

// Decided cases stay in the family.
Effect AbRule::effect_of(std::size_t c) const {
  const MetricState& metric = metrics_[c / benchmarks()];
  const bool by_log = cases_[c].scale == AbScale::log;
  Effect effect = by_log ? metric.effects.cases[c % benchmarks()] : difference_of(c);
  if (by_log) effect.against_head = against_head(group_excluded(metric.excluded, 0, blocks_.size()));
  if (decided_[c] == Decided::regression) effect.standing = Standing::regression;
  if (decided_[c] == Decided::improvement) effect.standing = Standing::improvement;
  if (decided_[c] == Decided::unchanged) effect.standing = Standing::closed;
  return effect;
}

void AbRule::fit_metric(std::size_t metric) {
  MetricState& state = metrics_[metric];
  const std::size_t first = metric * benchmarks();
  const TwoWayFit fit = fit_two_way(differences(metric), controls_);
  if (!state.prior) state.prior = variance_prior(fit);
  state.effects = estimate_effects(fit, *state.prior, std::span(margins_).subspan(first, benchmarks()));
  state.excluded = fit.excluded;
  for (std::size_t c = first; c < first + benchmarks(); ++c)
    if (cases_[c].scale == AbScale::difference) settle_zeros(c);
}

// If zeros decide the case, no later interim analysis tests it.
void AbRule::settle_zeros(std::size_t c) {
  if (states_[c].dropped || decided_[c] != Decided::inconclusive) return;
  std::vector<double> base, head;
  for (std::size_t b = 0; b < blocks_.size(); ++b)
    for (int position = 0; position < kPositions; ++position)
      (is_head(static_cast<int>(b), position) ? head : base)
          .push_back(blocks_[b].numbers[c][static_cast<std::size_t>(position)]);
  states_[c].zeros = decide_zeros(base, head, cases_[c].limits);
  if (states_[c].zeros) decided_[c] = states_[c].zeros->decided;
}

void AbRule::judge_look(const AbLook& look) {
  std::vector<Effects> effects;
  for (std::size_t metric = 0; metric < metrics_.size(); ++metric) {
    fit_metric(metric);
    effects.push_back(metrics_[metric].effects);
  }
  Effects family = one_family(effects);
  test_share_ = family.test_share;
  family.cases.clear();
  const std::vector<std::size_t> tested = this->tested();
  for (const std::size_t c : tested) family.cases.push_back(effect_of(c));
  const auto index = static_cast<std::size_t>(looks_);
  const Levels levels{spent(index) - spent(index - 1), unchanged_level(index)};
  const std::vector<Verdict> verdicts = judge(family, levels);
  for (std::size_t i = 0; i < tested.size(); ++i) {
    const std::size_t c = tested[i];
    Effect& effect = family.cases[i];
    if (effect.standing != Standing::open || !std::ranges::binary_search(look.cases, c % benchmarks()))
      continue;
    decided_[c] = verdicts[i].decided;
    states_[c] = {std::move(effect), verdicts[i], levels.change, {}, {}};
  }
}

void AbRule::plan_next(const AbLook& last) {
  next_.reset();
  if (looks_ == static_cast<int>(look_blocks_.size())) return;
  std::vector<std::size_t> running, others;
  bool undecided = false;
  for (const std::size_t b : last.cases) {
    bool open = false, remains = false;
    for (std::size_t c = b; c < cases_.size(); c += benchmarks()) {
      if (states_[c].dropped) continue;
      remains = true;
      open |= cases_[c].scale != AbScale::untested && decided_[c] == Decided::inconclusive;
    }
    if (!remains) continue;
    undecided |= open;
    (open || controls_[b] ? running : others).push_back(b);
  }
  if (!undecided) return;
  // Only benchmarks of the last interim analysis are drawn: they hold all blocks, so that all of them
  // estimate g.
  const auto panel = static_cast<std::size_t>(plan_.panel);
  if (running.size() < panel) {
    const std::uint64_t seed = plan_.seed + static_cast<std::uint64_t>(looks_);
    for (const std::size_t c : draw(others, panel - running.size(), seed)) running.push_back(c);
  }
  std::sort(running.begin(), running.end());
  const auto index = static_cast<std::size_t>(looks_);
  next_.emplace(AbLook{look_blocks_[index - 1], look_blocks_[index], std::move(running)});
}

bool AbRule::is_below_resolution(std::size_t case_index) const {
  const auto& dropped = states_[case_index].dropped;
  return dropped && std::holds_alternative<BelowResolution>(*dropped);
}

int AbRule::blocks_of(std::size_t case_index) const {
  return static_cast<int>(std::ranges::count_if(
      blocks_, [&](const AbBlock& block) { return !std::isnan(block.numbers[case_index][0]); }));
}

Decision AbRule::decision_about(std::size_t c, bool null_control_failed) const {
  const CaseState& last = states_[c];
  if (states_[c].zeros) return *states_[c].zeros;
  if (is_below_resolution(c) || (states_[c].dropped && decided_[c] == Decided::inconclusive))
    return no_decision(*states_[c].dropped);
  const int units = last.effect.units;
  if (units == 0 || cases_[c].scale == AbScale::untested) return no_decision(NotAnalysed{});
  Verdict verdict = last.verdict;
  verdict.p_adjusted = std::min(1.0, verdict.p_adjusted * plan_.alpha / last.level);
  const PlannedLevels levels{.single = last.level * test_share_ / static_cast<double>(tested().size()),
                             .look = last.level,
                             .unchanged = unchanged_level(look_blocks_.size())};
  const bool by_log = cases_[c].scale == AbScale::log;
  Decision decision =
      by_log ? decision_of(last.effect, verdict, levels, [&](int extra) { return 1.0 / (units + extra); })
             : difference_decision(last.effect, verdict);
  const bool changed = decision.decided == Decided::regression || decision.decided == Decided::improvement;
  if (changed && null_control_failed) {
    decision.why = NullControlFailed{decision.decided};
    decision.decided = Decided::inconclusive;
  }
  return decision;
}

std::vector<Decided> AbRule::decided() const {
  std::vector<Decided> decided;
  for (const std::size_t c : tested()) decided.push_back(decided_[c]);
  return decided;
}

AbOutcome AbRule::outcome(std::size_t metric) const {
  const MetricState& state = metrics_[metric];
  const std::size_t first = metric * benchmarks();
  AbOutcome outcome;
  outcome.looks = looks_;
  outcome.blocks = static_cast<int>(blocks_.size());
  std::vector<std::vector<std::size_t>> by_log(metrics_.size());
  for (std::size_t c = 0; c < cases_.size(); ++c)
    if (cases_[c].scale == AbScale::log) by_log[c / benchmarks()].push_back(c);
  outcome.null_control = null_control(blocks_, margins_, by_log, plan_.alpha);
  const bool failed = outcome.null_control.verdict == NullVerdict::failed;
  std::vector<double> detectable;
  for (std::size_t c = first; c < first + benchmarks(); ++c) {
    outcome.decisions.push_back(decision_about(c, failed));
    if (cases_[c].scale == AbScale::log && !is_below_resolution(c))
      detectable.push_back(outcome.decisions.back().mde);
  }
  for (const Outlier& block : state.excluded)  // two processes per side in each
    for (auto* side : {&outcome.excluded_places.base, &outcome.excluded_places.head})
      side->insert(side->end(), {2 * block.unit, 2 * block.unit + 1});
  outcome.excluded = group_excluded(state.excluded, 0, blocks_.size());
  outcome.mde = detectable.empty() ? std::numeric_limits<double>::infinity() : median(detectable);
  if (looks_ > 0 && state.effects.has_relative)
    outcome.shared = judge_shared(state.effects, {plan_.alpha, kUnchangedLevel});
  return outcome;
}

}  // namespace warpgauge
