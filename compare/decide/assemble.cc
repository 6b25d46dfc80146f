#include "compare/decide/assemble.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "compare/decide/failed_cases.h"
#include "compare/decide/identity.h"
#include "compare/decide/match.h"
#include "compare/decide/outcome_notes.h"
#include "compare/decide/reproducer.h"
#include "compare/decide/resolution.h"
#include "compare/statistics/difference_rule.h"

namespace warpgauge {
namespace {

CellVerdict verdict_of(CasePresence presence) {
  switch (presence) {
    case CasePresence::failed:
      return CellVerdict::failed;
    case CasePresence::errored:
      return CellVerdict::errored;
    case CasePresence::missing:
      return CellVerdict::missing;
    case CasePresence::added:
      return CellVerdict::added;
    case CasePresence::both:
      break;
  }
  return CellVerdict::inconclusive;  // until the rule decides
}

CellVerdict verdict_of(Decided decided) {
  switch (decided) {
    case Decided::regression:
      return CellVerdict::regression;
    case Decided::improvement:
      return CellVerdict::improvement;
    case Decided::unchanged:
      return CellVerdict::unchanged;
    case Decided::inconclusive:
      break;
  }
  return CellVerdict::inconclusive;
}

std::array<double, 2> ratios(double log_low, double log_high) {
  return {std::exp(log_low), std::exp(log_high)};
}

void take_decision(const Decision& decision, Cell& cell) {
  cell.verdict = std::holds_alternative<BelowResolution>(decision.why) ? CellVerdict::unchanged
                                                                       : verdict_of(decision.decided);
  cell.why = why_of(decision.why);
  cell.units = decision.units;
  if (decision.units == 0) return;
  cell.ratio = std::exp(decision.log_ratio);
  cell.ci = ratios(decision.log_ci_low, decision.log_ci_high);
  cell.p = decision.p;
  cell.p_adjusted = decision.p_adjusted;
  if (std::isfinite(decision.mde)) cell.mde = decision.mde;
  cell.more_units = decision.more_units;
}

// The ratio of two values above 0 is shown beside their difference.
void take_difference(const Decision& decision, Better better, Cell& cell) {
  cell.verdict = verdict_of(decision.decided);
  cell.why = why_of(decision.why);
  cell.difference = decision.difference;
  if (decision.p < 1) {
    cell.p = decision.p;
    cell.p_adjusted = decision.p_adjusted;
  }
  if (!decision.difference || cell.base.value.value_or(0) <= 0 || cell.head.value.value_or(0) <= 0) return;
  cell.ratio =
      better == Better::lower ? *cell.head.value / *cell.base.value : *cell.base.value / *cell.head.value;
}

// The numbers of a side as they are in the files.
void in_metric_unit(Better better, ExactVaries& why) {
  if (better == Better::lower) return;
  const double low = why.low;
  why.low = -why.high;
  why.high = -low;
}

// The whole context of the last file of a side, in one map.
Texts reported_context(const ResultSet& side) {
  if (side.processes.empty()) return {};
  const Context& context = side.processes.back().context;
  Texts reported = context.info;
  for (const auto* part : {&context.identity, &context.state, &context.settings})
    reported.insert(part->begin(), part->end());
  return reported;
}

template <class Items>
void append(Items& to, const Items& from) {
  to.insert(to.end(), from.begin(), from.end());
}

ExcludedPlaces together(ExcludedPlaces all, const ExcludedPlaces& own) {
  append(all.base, own.base);
  append(all.head, own.head);
  return all;
}

class Assembler {
 public:
  Assembler(const Method& method, const GateOptions& options) : options_(options), method_(method) {
    for (const MetricLayer& layer : method.layers)
      matchings_.push_back(match_cases(*layer.base, *layer.head));
    result_.policy = applied_policy();
    const MetricLayer& first = method.layers.front();
    result_.base_context = reported_context(*first.base);
    result_.head_context = reported_context(*first.head);
    check_contexts(*first.base, *first.head);
    for (const auto* side : {first.base, first.head})
      for (const Process& process : side->processes)
        for (const std::string& warning : process.warnings) note(note::InputRemark{warning});
    if (!options.partial_processes) append(result_.notes, matchings_.front().notes);
    if (method_.unit != Unit::block && !options.policy.controls.empty()) note(note::ControlsUnused{});
  }

  Comparison run() {
    for (std::size_t m = 0; m < method_.layers.size(); ++m) {
      judged_.emplace_back();
      places_.emplace_back();
      for (CasePair& pair : matchings_[m].pairs)
        if (!is_repeated(pair)) add_cell(m, pair);
    }
    if (!std::ranges::all_of(judged_, &JudgedCases::empty)) take(method_.decide(judged_));
    append(result_.notes, failed_cases(result_.cells));
    if (auto below = below_resolution_cases(result_.cells)) note(std::move(*below));
    sort_worst_first(result_.cells);
    append(result_.hindrances, hindrances_of(result_, options_));
    return std::move(result_);
  }

 private:
  void note(Note text) { result_.notes.push_back(std::move(text)); }
  bool has_several() const { return method_.layers.size() > 1; }
  const Metric& metric(std::size_t m) const { return method_.layers[m].plan.metric; }

  AppliedPolicy applied_policy() const {
    const NumberPlan& first = method_.layers.front().plan;
    AppliedPolicy policy{.margins = options_.policy.limits_of(first.metric, first.exact).margins,
                         .alpha = options_.policy.alpha.value_or(kAlpha),
                         .metric = first.metric.name,
                         .statistic = statistic_name(first.statistic),
                         .unit = method_.unit};
    if (!has_several()) return policy;
    for (const MetricLayer& layer : method_.layers) {
      const CaseLimits limits = options_.policy.limits_of(layer.plan.metric, layer.plan.exact);
      policy.metrics.push_back(
          {.name = layer.plan.metric.name,
           .better = layer.plan.metric.better,
           .exact = layer.plan.exact,
           .margins = limits.margins,
           .absolute = limits.absolute ? std::optional(limits.absolute->value) : std::nullopt});
    }
    return policy;
  }

  const Margins& run_margins(std::size_t m) const {
    return has_several() ? result_.policy.metrics[m].margins : result_.policy.margins;
  }

  void check_contexts(const ResultSet& base, const ResultSet& head) {
    // Without a base, only the processes of head are compared with each other.
    ContextComparison contexts = compare_contexts(base.processes.empty() ? head : base, head);
    comparable_ = !contexts.forbidden() || options_.allow_hardware_mismatch;
    if (!comparable_) {
      note(note::DifferentMachines{});
      result_.hindrances.push_back(Hindrance::other_machine);
    }
    append(result_.notes, contexts.notes);
    result_.differences = std::move(contexts.differences);
  }

  // A case that is missing or failed is so in every metric, and is reported once. A new one has numbers.
  bool is_repeated(const CasePair& pair) {
    const bool has_numbers = pair.presence == CasePresence::both || pair.presence == CasePresence::added;
    return !has_numbers && !unusable_.emplace(pair.name, pair.presence).second;
  }

  void add_cell(std::size_t m, CasePair& pair) {
    Cell cell;
    cell.name = pair.name;
    if (has_several()) cell.metric = metric(m).name;
    cell.verdict = verdict_of(pair.presence);
    cell.why = pair.why;
    if (pair.presence == CasePresence::failed && options_.policy.may_fail(pair.name, pair.plain_name)) {
      cell.verdict = CellVerdict::errored;
      std::get<Failed>(cell.why).allowed = true;
    }
    if (pair.presence == CasePresence::added)
      if (const auto before = options_.accepted_value(metric(m), pair.name)) cell.why = Accepted{*before};
    pair.numbers = method_.layers[m].numbers(pair, {});
    cell.base = pair.numbers.base.summary;
    cell.head = pair.numbers.head.summary;
    if (!pair.head.empty()) cell.reproduce = reproducer(pair.head.front());
    const auto resolution = method_.unit == Unit::block ? std::nullopt : resolution_above(pair, metric(m));
    if (pair.presence == CasePresence::both && comparable_ && resolution) {
      cell.verdict = CellVerdict::unchanged;
      cell.why = BelowResolution{*resolution};
    } else if (pair.presence == CasePresence::both && comparable_) {
      cell.cliffs_delta = pair.numbers.cliffs_delta;
      add_measured(m, pair, cell);
    } else if (pair.presence == CasePresence::both) {
      cell.why = OtherMachine{};
    }
    result_.cells.push_back(std::move(cell));
  }

  // Exact cases are decided at once.
  void add_measured(std::size_t m, CasePair& pair, Cell& cell) {
    const NumberPlan& plan = method_.layers[m].plan;
    const CaseLimits limits = options_.limits_of(pair, plan.metric, plan.exact);
    const double base = cell.base.value.value_or(0);
    if (pair.numbers.scale == NumberScale::log) {
      pair.margins = base > 0 ? margins_at(limits, base, plan.metric.better) : limits.margins;
      if (pair.margins != run_margins(m)) cell.margins = pair.margins;
    } else {
      pair.limits = difference_limits(limits, base);
    }
    if (!plan.exact) {
      judged_[m].push_back(&pair);
      places_[m].push_back(result_.cells.size());
      return;
    }
    const std::optional<SideRange>&of_base = pair.numbers.base.range, &of_head = pair.numbers.head.range;
    take_difference(
        of_base && of_head ? decide_exact({*of_base, *of_head, pair.limits}) : no_decision(NotAnalysed{}),
        plan.metric.better, cell);
    if (auto* const why = std::get_if<ExactVaries>(&cell.why)) in_metric_unit(plan.metric.better, *why);
    take_noise(cell);
  }

  void take(const std::vector<Outcome>& outcomes) {
    for (std::size_t m = 0; m < outcomes.size(); ++m) {
      for (std::size_t i = 0; i < judged_[m].size(); ++i) {
        Cell& cell = result_.cells[places_[m][i]];
        if (judged_[m][i]->numbers.scale == NumberScale::log)
          take_by_log(m, i, outcomes[m], cell);
        else
          take_difference(outcomes[m].decisions[i], metric(m).better, cell);
        take_noise(cell);
      }
      take_outcome(m, outcomes[m]);
    }
  }

  void take_by_log(std::size_t m, std::size_t i, const Outcome& outcome, Cell& cell) {
    take_decision(outcome.decisions[i], cell);
    take_speeds(metric(m).better, cell);
    const ExcludedPlaces excluded = together(outcome.excluded_places, outcome.decisions[i].own_places);
    if (!excluded.empty()) report_included(method_.layers[m], *judged_[m][i], excluded, cell);
  }

  void take_outcome(std::size_t m, const Outcome& outcome) {
    if (!result_.mde && std::isfinite(outcome.mde)) result_.mde = outcome.mde;
    if (outcome.shared) take_shared(m, *outcome.shared);
    if (outcome.assumed) result_.assumed_deviation = method_.assumed_deviation;
    const std::vector<Note> notes =
        outcome_notes(outcome, judged_[m], method_.layers[m].plan, method_.assumed_deviation);
    if (!has_several()) return append(result_.notes, notes);
    for (const Note& one : notes) result_.metric_notes.push_back({metric(m).name, one});
  }

  // Of several metrics, the first that changed in most cases together; else the first.
  void take_shared(std::size_t m, const SharedChange& shared) {
    const bool is_uniform = shared.is_uniform && method_.unit != Unit::block;
    if (result_.common_shift.ratio && (result_.common_shift.is_uniform || !is_uniform)) return;
    result_.common_shift = {.verdict = verdict_of(shared.decided),
                            .ratio = std::exp(shared.log_ratio),
                            .p = shared.p,
                            .ci = ratios(shared.log_ci_low, shared.log_ci_high),
                            .is_uniform = is_uniform,
                            .metric = has_several() ? metric(m).name : ""};
  }

  void take_speeds(Better better, Cell& cell) const {
    if (auto* const why = std::get_if<NotProved>(&cell.why); why && why->two_speeds) {
      const double sign = better == Better::higher ? -1 : 1;
      for (double* speed : {&why->two_speeds->fast, &why->two_speeds->slow}) *speed = std::exp(sign * *speed);
    }
  }

  // A regression that `bless --noise` names.
  void take_noise(Cell& cell) const {
    if (cell.verdict != CellVerdict::regression || !options_.noise.contains(cell.name)) return;
    cell.verdict = CellVerdict::inconclusive;
    cell.why = NotProved{.named_noise = true};
  }

  // Reports and `bless` use the same processes as the decision: those that were not excluded.
  void report_included(const MetricLayer& layer, const CasePair& pair, const ExcludedPlaces& excluded,
                       Cell& cell) const {
    const CaseNumbers included = layer.numbers(pair, excluded);
    cell.base = included.base.summary;
    cell.head = included.head.summary;
    cell.base.value = value_of(pair.numbers.base.processes, excluded.base, layer.plan.metric);
    cell.head.value = value_of(pair.numbers.head.processes, excluded.head, layer.plan.metric);
    cell.cliffs_delta = included.cliffs_delta;
  }

  const GateOptions& options_;
  const Method& method_;
  std::vector<Matching> matchings_;               // [metric]
  std::vector<JudgedCases> judged_;               // [metric]
  std::vector<std::vector<std::size_t>> places_;  // [metric]: of these, in the cells
  std::set<std::pair<std::string_view, CasePresence>> unusable_;
  Comparison result_;
  bool comparable_ = true;
};

}  // namespace

Comparison assemble(const Method& method, const GateOptions& options) {
  return Assembler(method, options).run();
}

}  // namespace warpgauge
