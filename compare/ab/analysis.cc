#include "compare/ab/analysis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "compare/decide/gate.h"
#include "compare/decide/process_numbers.h"

namespace warpgauge {
namespace {

std::vector<AbCase> rule_cases(const RunRecord& record) {
  std::vector<AbCase> cases;
  for (const RunCase& one : record.cases) cases.push_back(one.rule);
  return cases;
}

// A process without measurements that lists every case of its side. So the report shows each case, even if no
// block of it was finished. A dropped case carries its cause.
Process listing(const RunRecord& record, Side side, const ResultSet& measured) {
  Process process;
  process.file = fmt::format("{} binary", side_name(side));
  if (!measured.processes.empty()) process.context = measured.processes.back().context;
  const auto list = [&](const std::string& name, const std::string& raw_name) {
    Case one;
    one.name = name;
    one.raw_name = raw_name;
    one.listed = true;
    for (const DroppedCase& dropped : record.dropped)
      if (dropped.name == name && dropped.side == side) one.failure = dropped.reason;
    process.cases.push_back(std::move(one));
  };
  for (const RunCase& one : record.cases) list(one.name, side == Side::base ? one.base_raw : one.head_raw);
  for (const std::string& name : side == Side::base ? record.base_only : record.head_only) list(name, name);
  return process;
}

GateOptions gate_options(const RunRecord& record, Statistic statistic) {
  GateOptions options;
  options.metric = record.metric;
  options.statistic = statistic;
  options.policy.alpha = record.plan.alpha;
  options.policy.max_mde = record.policy.max_mde;
  options.policy.defaults = record.policy.margins;
  for (const RunCase& one : record.cases) options.recorded_margins.emplace(one.name, one.rule.margins);
  options.strict = record.policy.strict;
  options.allow_missing = record.policy.allow_missing;
  options.allow_hardware_mismatch = record.policy.allow_hardware_mismatch;
  options.partial_processes = true;
  return options;
}

// A run that ended early does not pass. The regressions that it found by then remain.
void note_early_end(const RunRecord& record, Comparison& comparison) {
  comparison.notes.push_back(note::EndedEarly{record.ended_early});
  comparison.hindrances.push_back(record.ended_by == Side::head ? Hindrance::head_unusable
                                                                : Hindrance::ended_early);
}

}  // namespace

AbAnalysis::AbAnalysis(const RunRecord& record)
    : metric_(record.metric), rule_(rule_cases(record), record.plan) {
  for (std::size_t i = 0; i < record.cases.size(); ++i) {
    index_[record.cases[i].name] = i;
    name_of_base_[record.cases[i].base_raw] = record.cases[i].name;
    name_of_head_[record.cases[i].head_raw] = record.cases[i].name;
  }
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

void AbAnalysis::choose_statistic_by(const std::vector<CasePair>& pairs) {
  std::vector<ProcessSamples> samples;
  for (const CasePair& pair : pairs)
    if (pair.presence == CasePresence::both) samples.push_back(base_samples(pair, metric_));
  statistic_ = choose_statistic(samples);
  statistic_chosen_ = true;
}

void AbAnalysis::limit_next(const std::vector<std::string>& names) {
  std::vector<std::size_t> cases;
  for (const std::string& name : names)
    if (const auto found = index_.find(name); found != index_.end()) cases.push_back(found->second);
  rule_.limit_next(cases);
}

void AbAnalysis::take(std::vector<BlockResults> blocks) {
  const int first = rule_.next()->first_block;
  ResultSet base, head;
  for (std::size_t b = 0; b < blocks.size(); ++b)
    for (int position = 0; position < kPositions; ++position) {
      const bool of_head = is_head(first + static_cast<int>(b), position);
      Process& process = blocks[b][static_cast<std::size_t>(position)];
      name_cases(process, of_head ? Side::head : Side::base);
      (of_head ? head : base).processes.push_back(std::move(process));
    }
  const std::vector<CasePair> pairs = match_cases(base, head).pairs;
  if (!statistic_chosen_) choose_statistic_by(pairs);

  const double absent = std::numeric_limits<double>::quiet_NaN();
  std::vector<AbBlock> numbers(blocks.size());
  for (AbBlock& block : numbers) block.numbers.assign(index_.size(), {absent, absent, absent, absent});
  for (const CasePair& pair : pairs) {
    if (pair.presence != CasePresence::both) continue;
    const CaseNumbers of_case = numbers_of(pair, base, head, {metric_, statistic_});
    for (std::size_t b = 0, base_at = 0, head_at = 0; b < blocks.size(); ++b)
      for (int position = 0; position < kPositions; ++position)
        numbers[b].numbers[index_.at(pair.name)][static_cast<std::size_t>(position)] =
            is_head(first + static_cast<int>(b), position) ? of_case.head.processes[head_at++]
                                                           : of_case.base.processes[base_at++];
  }
  rule_.take(numbers);
  std::move(base.processes.begin(), base.processes.end(), std::back_inserter(base_.processes));
  std::move(head.processes.begin(), head.processes.end(), std::back_inserter(head_.processes));
}

void AbAnalysis::drop(const DroppedCase& dropped) {
  rule_.drop(index_.at(dropped.name), Dropped{dropped.side, dropped.reason});
}

Outcome AbAnalysis::outcome_of(const AbOutcome& outcome, const std::vector<std::string>& names) const {
  Outcome chosen = outcome;
  chosen.decisions.clear();
  for (const std::string& name : names) chosen.decisions.push_back(outcome.decisions[index_.at(name)]);
  return chosen;
}

Comparison AbAnalysis::comparison(const RunRecord& record) const {
  ResultSet base = base_, head = head_;
  base.processes.push_back(listing(record, Side::base, base_));
  head.processes.push_back(listing(record, Side::head, head_));
  for (Process& process : base.processes) process.context.info["executable"] = record.base_executable;
  for (Process& process : head.processes) process.context.info["executable"] = record.head_executable;
  const AbOutcome outcome = rule_.outcome();
  Comparison comparison =
      compare_blocks(base, head, gate_options(record, statistic_),
                     [&](const std::vector<std::string>& names) { return outcome_of(outcome, names); });
  comparison.command = record.command;
  comparison.notes.push_back(note::NullControlRan{outcome.null_control.verdict});
  if (outcome.null_control.verdict == NullVerdict::failed)
    comparison.hindrances.push_back(Hindrance::null_control);
  if (!record.ended_early.empty()) note_early_end(record, comparison);
  return comparison;
}

}  // namespace warpgauge
