#include "compare/ab/analysis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "compare/decide/gate.h"
#include "compare/decide/process_numbers.h"
#include "compare/decide/resolution.h"

namespace warpgauge {
namespace {

// Before the first blocks, neither the scale of a case is known nor what an absolute limit means for it.
std::vector<AbCase> first_cases(const RunRecord& record) {
  std::vector<AbCase> cases;
  for (std::size_t m = 0; m < metrics_of(record).size(); ++m)
    for (const RunCase& one : record.cases) cases.push_back({.margins = {}, .control = one.rule.control});
  return cases;
}

Policy policy_of(const std::vector<RunMetric>& metrics) {
  Policy policy;
  for (const RunMetric& one : metrics) policy.metrics.push_back({one.metric, one.exact, {}});
  return policy;
}

GateOptions gate_options(const RunRecord& record, Statistic statistic) {
  GateOptions options;
  const std::vector<RunMetric> metrics = metrics_of(record);
  options.metrics.clear();
  options.policy = policy_of(metrics);
  options.statistic = statistic;
  options.policy.alpha = record.plan.alpha;
  options.policy.max_mde = record.policy.max_mde;
  options.policy.defaults = record.policy.margins;
  options.policy.allow_failed = record.policy.allow_failed;
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    options.metrics.push_back(metrics[m].metric);
    for (const RunCase& one : record.cases)
      options.recorded_limits[metrics[m].metric.name].emplace(one.name, limits_of(one, m));
  }
  options.strict = record.policy.strict;
  options.allow_missing = record.policy.allow_missing;
  options.allow_hardware_mismatch = record.policy.allow_hardware_mismatch;
  options.partial_processes = true;
  options.allow_disjoint = record.base_is_empty;
  return options;
}

// A run that ended early does not pass. The regressions that it found by then remain.
void note_early_end(const RunRecord& record, Comparison& comparison) {
  comparison.notes.push_back(note::EndedEarly{record.ended_early});
  comparison.hindrances.push_back(record.ended_by == Side::head ? Hindrance::head_unusable
                                                                : Hindrance::ended_early);
}

// A case that was judged by logs, until a number had none.
CaseNumbers without_log(const MetricSides& sides) {
  constexpr double kNoLog = -std::numeric_limits<double>::infinity();
  CaseNumbers numbers;
  numbers.base.processes.assign(sides.base.processes.size(), kNoLog);
  numbers.head.processes.assign(sides.head.processes.size(), kNoLog);
  return numbers;
}

}  // namespace

AbAnalysis::AbAnalysis(const RunRecord& record)
    : metrics_(metrics_of(record)),
      cases_(record.cases),
      plan_(record.plan),
      rule_cases_(first_cases(record)),
      rule_(rule_cases_, record.plan, metrics_.size()) {
  for (std::size_t i = 0; i < record.cases.size(); ++i) {
    index_[record.cases[i].name] = i;
    name_of_base_[record.cases[i].base_raw] = record.cases[i].name;
    name_of_head_[record.cases[i].head_raw] = record.cases[i].name;
  }
  for (const RunMetric& one : metrics_) sides_.push_back({one.metric, {}, {}});
}

std::string AbAnalysis::statistic() const {
  return statistic_name(statistic_);
}

// Uses the names of the record, which come from all cases of both sides. Names made from the cases of one
// interim analysis could differ.
void AbAnalysis::name_cases(Process& process, Side side) const {
  const auto& names = side == Side::base ? name_of_base_ : name_of_head_;
  std::erase_if(process.cases, [&](const Case& one) { return !names.contains(one.raw_name); });
  for (Case& one : process.cases) one.name = names.at(one.raw_name);
}

// By the first metric that is not exact.
void AbAnalysis::choose_statistic_by(const std::vector<LookMetric>& look) {
  const auto chosen = std::ranges::find_if(look, [](const LookMetric& one) { return !one.plan.exact; });
  std::vector<ProcessSamples> samples;
  if (chosen != look.end())
    for (const CasePair& pair : chosen->pairs)
      if (pair.presence == CasePresence::both && scale_of(pair, chosen->plan) == NumberScale::log)
        samples.push_back(base_samples(pair, chosen->sides.metric));
  statistic_ = choose_statistic(samples);
}

void AbAnalysis::set_scale(AbCase& of_rule, std::size_t metric, const LookMetric& look,
                           const CasePair& pair) const {
  const CaseLimits limits = limits_of(cases_[index_.at(pair.name)], metric);
  const NumberScale scale = scale_of(pair, look.plan);
  NumberPlan plan = look.plan;
  plan.statistic = statistic_;
  const auto base =
      numbers_of(pair, look.sides.base, look.sides.head, plan, scale).base.summary.value.value_or(0);
  if (look.plan.exact) {
    of_rule.scale = AbScale::untested;
  } else if (scale == NumberScale::difference) {
    of_rule.scale = AbScale::difference;
    of_rule.limits = difference_limits(limits, base);
  } else {
    of_rule.margins = base > 0 ? margins_at(limits, base, look.sides.metric.better) : limits.margins;
  }
}

// A benchmark that lacks a metric, but not all, needs no test of it.
void AbAnalysis::set_scales(const std::vector<LookMetric>& look) {
  std::set<std::string_view> measured;
  for (const LookMetric& one : look)
    for (const CasePair& pair : one.pairs)
      if (pair.presence == CasePresence::both) measured.insert(pair.name);
  for (std::size_t m = 0; m < look.size(); ++m) {
    std::map<std::string_view, const CasePair*> pairs;
    for (const CasePair& pair : look[m].pairs)
      if (pair.presence == CasePresence::both) pairs.emplace(pair.name, &pair);
    for (std::size_t i = 0; i < cases_.size(); ++i) {
      AbCase& of_rule = rule_cases_[m * cases_.size() + i];
      const auto pair = pairs.find(cases_[i].name);
      if (pair != pairs.end())
        set_scale(of_rule, m, look[m], *pair->second);
      else if (measured.contains(cases_[i].name) || look[m].plan.exact)
        of_rule.scale = AbScale::untested;
      else
        of_rule.margins = limits_of(cases_[i], m).margins;
    }
  }
}

// The rule begins again, with what the first blocks show of the cases.
void AbAnalysis::begin(const std::vector<LookMetric>& look) {
  has_begun_ = true;
  choose_statistic_by(look);
  set_scales(look);
  const std::vector<std::size_t> requested = rule_.next()->cases;
  rule_ = AbRule(rule_cases_, plan_, metrics_.size());
  rule_.limit_next(requested);
  for (const DroppedCase& dropped : dropped_)
    rule_.drop(index_.at(dropped.name), Dropped{dropped.side, dropped.reason});
}

void AbAnalysis::limit_next(const std::vector<std::string>& names) {
  std::vector<std::size_t> cases;
  for (const std::string& name : names)
    if (const auto found = index_.find(name); found != index_.end()) cases.push_back(found->second);
  rule_.limit_next(cases);
}

AbAnalysis::LookMetric AbAnalysis::look_metric(std::size_t metric, int first_block,
                                               std::vector<BlockResults> blocks) const {
  LookMetric look{.sides = {metrics_[metric].metric, {}, {}}, .pairs = {}, .plan = {}};
  for (std::size_t b = 0; b < blocks.size(); ++b)
    for (int position = 0; position < kPositions; ++position) {
      const bool of_head = is_head(first_block + static_cast<int>(b), position);
      Process& process = blocks[b][static_cast<std::size_t>(position)];
      name_cases(process, of_head ? Side::head : Side::base);
      (of_head ? look.sides.head : look.sides.base).processes.push_back(std::move(process));
    }
  look.pairs = match_cases(look.sides.base, look.sides.head).pairs;
  look.plan = {look.sides.metric, statistic_,
               is_exact(look.sides.metric, policy_of(metrics_), {&look.sides.base, &look.sides.head})};
  return look;
}

// A number that was measured, but has no log, is infinite.
void AbAnalysis::fill_numbers(std::size_t metric, const LookMetric& look, int first_block,
                              std::vector<AbBlock>& blocks) {
  for (const CasePair& pair : look.pairs) {
    if (pair.presence != CasePresence::both) continue;
    const std::size_t c = metric * cases_.size() + index_.at(pair.name);
    const AbScale of_rule = rule_cases_[c].scale;
    if (of_rule == AbScale::untested) continue;
    if (const auto resolution = resolution_above(pair, look.sides.metric))
      rule_.drop_case(c, BelowResolution{*resolution});
    const NumberScale scale = of_rule == AbScale::log ? NumberScale::log : NumberScale::difference;
    NumberPlan plan = look.plan;
    plan.statistic = statistic_;
    const CaseNumbers of_case = scale_of(pair, plan) == NumberScale::difference && scale == NumberScale::log
                                    ? without_log(look.sides)
                                    : numbers_of(pair, look.sides.base, look.sides.head, plan, scale);
    for (std::size_t b = 0, base_at = 0, head_at = 0; b < blocks.size(); ++b)
      for (int position = 0; position < kPositions; ++position)
        blocks[b].numbers[c][static_cast<std::size_t>(position)] =
            is_head(first_block + static_cast<int>(b), position) ? of_case.head.processes[head_at++]
                                                                 : of_case.base.processes[base_at++];
  }
}

void AbAnalysis::take(std::vector<std::vector<BlockResults>> metrics) {
  const int first = rule_.next()->first_block;
  const std::size_t count = metrics.front().size();
  std::vector<LookMetric> look;
  look.reserve(metrics.size());  // pairs point into the sides
  for (std::size_t m = 0; m < metrics.size(); ++m)
    look.push_back(look_metric(m, first, std::move(metrics[m])));
  if (!has_begun_) begin(look);
  const double absent = std::numeric_limits<double>::quiet_NaN();
  std::vector<AbBlock> numbers(count);
  for (AbBlock& block : numbers) block.numbers.assign(rule_cases_.size(), {absent, absent, absent, absent});
  for (std::size_t m = 0; m < look.size(); ++m) fill_numbers(m, look[m], first, numbers);
  rule_.take(numbers);
  for (std::size_t m = 0; m < look.size(); ++m) {
    std::ranges::move(look[m].sides.base.processes, std::back_inserter(sides_[m].base.processes));
    std::ranges::move(look[m].sides.head.processes, std::back_inserter(sides_[m].head.processes));
  }
}

void AbAnalysis::drop(const DroppedCase& dropped) {
  dropped_.push_back(dropped);
  rule_.drop(index_.at(dropped.name), Dropped{dropped.side, dropped.reason});
}

Outcome AbAnalysis::outcome_of(std::size_t metric, const std::vector<std::string>& names) const {
  const AbOutcome outcome = rule_.outcome(metric);
  Outcome chosen = outcome;
  chosen.decisions.clear();
  for (const std::string& name : names) chosen.decisions.push_back(outcome.decisions[index_.at(name)]);
  return chosen;
}

// A process without measurements that lists every case of its side. So the report shows each case, even if no
// block of it was finished. A dropped case carries its cause.
Process AbAnalysis::listing(const RunRecord& record, Side side, std::size_t metric) const {
  Process process;
  process.file = fmt::format("{} binary", side_name(side));
  const ResultSet& measured = side == Side::base ? sides_[metric].base : sides_[metric].head;
  if (!measured.processes.empty()) process.context = measured.processes.back().context;
  std::set<std::string_view> has_metric;
  for (const auto* of : {&sides_[metric].base, &sides_[metric].head})
    for (const Process& one : of->processes)
      for (const Case& c : one.cases) has_metric.insert(c.name);
  const auto list = [&](const std::string& name, const std::string& raw_name) {
    Case one;
    one.name = name;
    one.raw_name = raw_name;
    one.listed = true;
    for (const DroppedCase& dropped : record.dropped)
      if (dropped.name == name && dropped.side == side) one.failure = dropped.reason;
    process.cases.push_back(std::move(one));
  };
  for (const RunCase& one : record.cases)
    if (metrics_.size() == 1 || !has_begun_ || has_metric.contains(one.name))
      list(one.name, side == Side::base ? one.base_raw : one.head_raw);
  for (const std::string& name : side == Side::base ? record.base_only : record.head_only) list(name, name);
  return process;
}

Comparison AbAnalysis::comparison(const RunRecord& record) const {
  std::vector<MetricSides> sides = sides_;
  for (std::size_t m = 0; m < sides.size(); ++m) {
    sides[m].base.processes.push_back(listing(record, Side::base, m));
    sides[m].head.processes.push_back(listing(record, Side::head, m));
    for (Process& process : sides[m].base.processes)
      process.context.info["executable"] = record.base_executable;
    for (Process& process : sides[m].head.processes)
      process.context.info["executable"] = record.head_executable;
  }
  GateOptions options = gate_options(record, statistic_);
  for (const MetricSides& one : sides) {
    // The run began without knowing that the producer declares the metric exact.
    if (is_exact(one.metric, options.policy, {&one.base, &one.head}) &&
        !is_exact(one.metric, options.policy, {}))
      options.recorded_limits.erase(one.metric.name);
  }
  Comparison comparison = compare_blocks(
      sides, options,
      [&](std::size_t metric, const std::vector<std::string>& names) { return outcome_of(metric, names); });
  const NullVerdict null_control = rule_.outcome().null_control.verdict;
  comparison.command = record.command;
  if (record.base_is_empty) comparison.notes.push_back(note::BaseIsEmpty{});
  comparison.notes.push_back(note::NullControlRan{null_control});
  if (null_control == NullVerdict::failed) comparison.hindrances.push_back(Hindrance::null_control);
  if (!record.ended_early.empty()) note_early_end(record, comparison);
  return comparison;
}

}  // namespace warpgauge
