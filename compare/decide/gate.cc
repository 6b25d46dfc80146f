#include "compare/decide/gate.h"

#include <algorithm>
#include <cmath>

#include "base/quantile.h"
#include "compare/decide/identity.h"
#include "compare/decide/match.h"
#include "compare/decide/measuring_noise.h"
#include "compare/decide/outcome_notes.h"
#include "compare/decide/process_numbers.h"
#include "compare/decide/reproducer.h"
#include "compare/decide/round_numbers.h"
#include "compare/decide/rounds.h"
#include "compare/decide/sample_counts.h"
#include "compare/statistics/two_sample_rule.h"

namespace warpgauge {
namespace {

// If any case runs on the CPU, the CPU's assumed deviation applies to the whole file.
bool is_gpu(const ResultSet& results) {
  bool gpu = false;
  for (const Process& process : results.processes) {
    for (const auto* identity : {&process.context.identity, &process.context.derived_identity}) {
      gpu = gpu || std::ranges::any_of(*identity, [](const auto& entry) {
              return entry.first.starts_with("gpu") || entry.first.starts_with("device");
            });
    }
    for (const Case& one : process.cases)
      if (one.name.starts_with("cpu/") || one.name.starts_with("simt/")) return false;
  }
  return gpu;
}

double assumed_deviation(const ResultSet& head, const GateOptions& options) {
  return options.process_cv.value_or(is_gpu(head) ? kAssumedGpuDeviation : kAssumedCpuDeviation);
}

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
  cell.verdict = verdict_of(decision.decided);
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

// The whole context of the last file of a side, in one map.
Texts reported_context(const ResultSet& side) {
  if (side.processes.empty()) return {};
  const Context& context = side.processes.back().context;
  Texts reported = context.info;
  for (const auto* part : {&context.identity, &context.state, &context.settings})
    reported.insert(part->begin(), part->end());
  return reported;
}

// One kind of comparison: how it gets the numbers of a case, and which rule decides.
struct Method {
  Unit unit;
  NumberPlan plan;
  double assumed_deviation;  // between units, as a fraction; used if there are too few units
  std::function<CaseNumbers(const CasePair&, const ExcludedPlaces&)> numbers;
  std::function<Outcome(const std::vector<MeasuredPair>&)> decide;
};

class Gate {
 public:
  Gate(const ResultSet& base, const ResultSet& head, const GateOptions& options, Method method)
      : options_(options), method_(std::move(method)), matching_(match_cases(base, head)) {
    result_.policy = {.margins = options.policy.defaults,
                      .alpha = options.policy.alpha.value_or(kAlpha),
                      .metric = method_.plan.metric.name,
                      .statistic = statistic_name(method_.plan.statistic),
                      .unit = method_.unit};
    result_.base_context = reported_context(base);
    result_.head_context = reported_context(head);
    check_contexts(base, head);
    for (const auto* side : {&base, &head})
      for (const Process& process : side->processes)
        for (const std::string& warning : process.warnings) note(note::InputRemark{warning});
    if (!options.partial_processes) append(result_.notes, matching_.notes);
    if (method_.unit != Unit::block && !options.policy.controls.empty()) note(note::ControlsUnused{});
  }

  Comparison run() {
    for (const CasePair& pair : matching_.pairs) add_cell(pair);
    if (!measured_.empty()) take(method_.decide(measured_));
    sort_worst_first(result_.cells);
    append(result_.hindrances, hindrances_of(result_, options_));
    return std::move(result_);
  }

 private:
  template <class Items>
  static void append(Items& to, const Items& from) {
    to.insert(to.end(), from.begin(), from.end());
  }
  void note(Note text) { result_.notes.push_back(std::move(text)); }

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

  void add_cell(const CasePair& pair) {
    Cell cell;
    cell.name = pair.name;
    cell.verdict = verdict_of(pair.presence);
    cell.why = pair.why;
    const auto accepted = options_.accepted.find(pair.name);
    if (pair.presence == CasePresence::added && accepted != options_.accepted.end())
      cell.why = Accepted{accepted->second};
    CaseNumbers numbers = method_.numbers(pair, {});
    cell.base = numbers.base.summary;
    cell.head = numbers.head.summary;
    if (!pair.head.empty()) cell.reproduce = reproducer(pair.head.front());
    if (pair.presence == CasePresence::both && comparable_) {
      cell.cliffs_delta = numbers.cliffs_delta;
      const Margins margins = margins_of(pair.name);
      if (margins != result_.policy.margins) cell.margins = margins;
      measured_.push_back({&pair, std::move(numbers), margins, result_.cells.size()});
    } else if (pair.presence == CasePresence::both) {
      cell.why = OtherMachine{};
    }
    result_.cells.push_back(std::move(cell));
  }

  Margins margins_of(const std::string& name) const {
    const auto recorded = options_.recorded_margins.find(name);
    return recorded == options_.recorded_margins.end() ? options_.policy.margins_of(name) : recorded->second;
  }

  void take(const Outcome& outcome) {
    for (std::size_t i = 0; i < measured_.size(); ++i) {
      Cell& cell = result_.cells[measured_[i].cell];
      take_decision(outcome.decisions[i], cell);
      take_speeds(cell);
      const ExcludedPlaces excluded = together(outcome.excluded_places, outcome.decisions[i].own_places);
      if (!excluded.empty()) report_included(measured_[i], excluded, cell);
    }
    if (std::isfinite(outcome.mde)) result_.mde = outcome.mde;
    if (outcome.shared) {
      result_.common_shift = {.verdict = verdict_of(outcome.shared->decided),
                              .ratio = std::exp(outcome.shared->log_ratio),
                              .p = outcome.shared->p,
                              .ci = ratios(outcome.shared->log_ci_low, outcome.shared->log_ci_high),
                              .is_uniform = outcome.shared->is_uniform && method_.unit != Unit::block};
    }
    if (outcome.assumed) result_.assumed_deviation = method_.assumed_deviation;
    append(result_.notes, outcome_notes(outcome, measured_, method_.plan, method_.assumed_deviation));
  }

  void take_speeds(Cell& cell) const {
    if (auto* const why = std::get_if<NotProved>(&cell.why); why && why->two_speeds) {
      const double sign = method_.plan.metric.better == Better::higher ? -1 : 1;
      for (double* speed : {&why->two_speeds->fast, &why->two_speeds->slow}) *speed = std::exp(sign * *speed);
    }
    if (cell.verdict != CellVerdict::regression || !options_.noise.contains(cell.name)) return;
    cell.verdict = CellVerdict::inconclusive;
    cell.why = NotProved{.named_noise = true};
  }

  static ExcludedPlaces together(ExcludedPlaces all, const ExcludedPlaces& own) {
    all.base.insert(all.base.end(), own.base.begin(), own.base.end());
    all.head.insert(all.head.end(), own.head.begin(), own.head.end());
    return all;
  }

  // Reports and `bless` use the same processes as the decision: those that were not excluded.
  void report_included(const MeasuredPair& measured, const ExcludedPlaces& excluded, Cell& cell) const {
    const CaseNumbers included = method_.numbers(*measured.pair, excluded);
    cell.base = included.base.summary;
    cell.head = included.head.summary;
    cell.base.value = value_of(measured.numbers.base.processes, excluded.base, method_.plan.metric);
    cell.head.value = value_of(measured.numbers.head.processes, excluded.head, method_.plan.metric);
    cell.cliffs_delta = included.cliffs_delta;
  }

  const GateOptions& options_;
  Method method_;
  Matching matching_;
  std::vector<MeasuredPair> measured_;
  Comparison result_;
  bool comparable_ = true;
};

bool has_aggregates(const ResultSet& results) {
  return std::ranges::any_of(results.processes, [](const Process& process) {
    return std::ranges::any_of(process.cases, &Case::aggregate_only);
  });
}

bool all_fingerprinted(const ResultSet& results) {
  return std::ranges::all_of(results.processes,
                             [](const Process& process) { return process.context.fingerprinted; });
}

double alpha_of(const GateOptions& options) {
  return options.policy.alpha.value_or(kAlpha);
}

// Median over median: one bad process must not show a shared processor.
double log_change(const MeasuredPair& pair) {
  const auto middle = [](std::vector<double> numbers) {
    std::erase_if(numbers, [](double one) { return std::isnan(one); });
    return median(numbers);
  };
  return middle(pair.numbers.head.processes) - middle(pair.numbers.base.processes);
}

Outcome decide_processes(const std::vector<MeasuredPair>& pairs, const Metric& metric, double alpha,
                         double deviation) {
  std::vector<TwoSampleCase> cases;
  for (const MeasuredPair& pair : pairs)
    cases.push_back({pair.numbers.base.processes,
                     pair.numbers.head.processes,
                     pair.margins,
                     {},
                     stated_noise(*pair.pair, log_change(pair), metric)});
  return decide_unpaired(cases, {.alpha = alpha, .assumed_deviation = deviation});
}

// The units are rounds: head's processes are grouped into rounds.
Outcome decide_rounds(const std::vector<MeasuredPair>& pairs, const StoredSide& stored,
                      const RoundPlaces& rounds, double alpha, double deviation) {
  std::vector<TwoSampleCase> cases;
  for (const MeasuredPair& pair : pairs) {
    const auto fresh = by_round(pair.numbers.head.processes, rounds);
    cases.push_back({pair.numbers.base.processes, round_numbers(fresh), pair.margins, round_spread(fresh),
                     stated_noise(*pair.pair, log_change(pair), stored.metric),
                     stored.history.at(pair.pair->name)});
  }
  Outcome outcome = decide_against_baseline(cases, {.alpha = alpha, .assumed_deviation = deviation});
  outcome.excluded_places.head = processes_of(outcome.excluded_places.head, rounds);
  return outcome;
}

}  // namespace

Statistic default_statistic(const ResultSet& results) {
  return is_gpu(results) || has_aggregates(results) ? Statistic::median : Statistic::q25;
}

std::vector<Hindrance> hindrances_of(const Comparison& comparison, const GateOptions& options) {
  std::vector<Hindrance> found;
  const auto add = [&](bool when, Hindrance hindrance) {
    if (when) found.push_back(hindrance);
  };
  const std::size_t one_sided = comparison.count(CellVerdict::missing) + comparison.count(CellVerdict::added);
  const bool common = comparison.cells.size() > one_sided;
  const std::optional<double>& max_mde = options.policy.max_mde;
  add(!common && !options.allow_disjoint, Hindrance::no_common_case);
  add(comparison.count(CellVerdict::errored) > 0, Hindrance::base_failed);
  add(common && comparison.count(CellVerdict::missing) > 0 && !options.allow_missing,
      Hindrance::cases_missing);
  add(options.strict && comparison.count(CellVerdict::inconclusive) > 0, Hindrance::strict_inconclusive);
  add(options.strict && max_mde && (!comparison.mde || *comparison.mde > *max_mde), Hindrance::strict_mde);
  return found;
}

Comparison compare_results(const ResultSet& base, const ResultSet& head, const GateOptions& options) {
  const NumberPlan plan{options.metric, options.statistic.value_or(default_statistic(head))};
  const double deviation = assumed_deviation(head, options);
  const auto numbers = [&](const CasePair& pair, const ExcludedPlaces& excluded) {
    return numbers_of(exclude_processes(pair, base, head, excluded), base, head, plan);
  };
  const auto decide = [&](const std::vector<MeasuredPair>& pairs) {
    return decide_processes(pairs, plan.metric, alpha_of(options), deviation);
  };
  return Gate(base, head, options, {Unit::process, plan, deviation, numbers, decide}).run();
}

Comparison compare_with_baseline(StoredSide stored, const ResultSet& head, const GateOptions& options) {
  const NumberPlan plan{stored.metric, stored.statistic};
  const double deviation = assumed_deviation(head, options);
  const ResultSet& base = stored.results;
  stored.results.processes.front().context.fingerprinted = all_fingerprinted(head);
  const auto numbers = [&](const CasePair& pair, const ExcludedPlaces& excluded) {
    CasePair fresh = exclude_processes(pair, base, head, {.base = {}, .head = excluded.head});
    fresh.base.clear();
    CaseNumbers of_case = numbers_of(fresh, base, head, plan);
    if (!pair.base.empty()) of_case.base = stored_numbers(stored, pair.name);
    return of_case;
  };
  const auto decide = [&](const std::vector<MeasuredPair>& pairs) {
    return decide_rounds(pairs, stored, rounds_of(head), alpha_of(options), deviation);
  };
  Comparison comparison = Gate(base, head, options, {Unit::round, plan, deviation, numbers, decide}).run();
  if (const auto differ = samples_differ(comparison.cells, stored)) comparison.notes.push_back(*differ);
  return comparison;
}

Comparison compare_blocks(const ResultSet& base, const ResultSet& head, const GateOptions& options,
                          const DecideBlocks& decide_names) {
  const NumberPlan plan{options.metric, options.statistic.value_or(default_statistic(head))};
  const auto numbers = [&](const CasePair& pair, const ExcludedPlaces& excluded) {
    return numbers_of(exclude_processes(pair, base, head, excluded), base, head, plan);
  };
  const auto decide = [&](const std::vector<MeasuredPair>& pairs) {
    std::vector<std::string> names;
    for (const MeasuredPair& pair : pairs) names.push_back(pair.pair->name);
    return decide_names(names);
  };
  return Gate(base, head, options, {Unit::block, plan, 0, numbers, decide}).run();
}

}  // namespace warpgauge
