#include "compare/decide/gate.h"

#include <algorithm>
#include <cmath>

#include "compare/decide/identity.h"
#include "compare/decide/outcome.h"
#include "compare/decide/process_numbers.h"
#include "compare/decide/round_numbers.h"
#include "compare/decide/rounds.h"
#include "compare/decide/run_verdict.h"
#include "compare/decide/sample_counts.h"
#include "compare/report/format.h"
#include "compare/statistics/baseline_rule.h"
#include "compare/statistics/judgement.h"
#include "compare/statistics/unpaired_rule.h"

namespace warpgauge {
namespace {

bool is_gpu(const ResultSet& results) {
  bool gpu = false;
  for (const Process& process : results.processes) {
    for (const auto* identity : {&process.context.identity, &process.context.derived_identity}) {
      gpu = gpu || std::any_of(identity->begin(), identity->end(), [](const auto& entry) {
              return entry.first.starts_with("gpu") || entry.first.starts_with("device");
            });
    }
    // A file that holds both is as restless as its restless half.
    for (const Case& one : process.cases) {
      if (one.name.starts_with("cpu/") || one.name.starts_with("simt/")) return false;
    }
  }
  return gpu;
}

double assumed_deviation(const ResultSet& head, const GateOptions& options) {
  return options.process_cv.value_or(is_gpu(head) ? kAssumedGpuDeviation : kAssumedCpuDeviation);
}

CellVerdict verdict_of(Presence presence) {
  switch (presence) {
    case Presence::failed:
      return CellVerdict::failed;
    case Presence::errored:
      return CellVerdict::errored;
    case Presence::missing:
      return CellVerdict::missing;
    case Presence::added:
      return CellVerdict::added;
    case Presence::both:
      break;
  }
  return CellVerdict::inconclusive;  // until it is decided
}

Thresholds thresholds_of(const Margins& margins) {
  return {margins.fail_above, margins.improve_above, margins.same_within};
}

// A case that both sides measured.
struct MeasuredPair {
  const CasePair* pair;
  CaseNumbers numbers;
  Margins margins;
};

// One comparison on its way: the steps that both kinds share.
class Gate {
 public:
  Gate(const ResultSet& base, const ResultSet& head, const GateOptions& options, NumberPlan plan,
       const char* unit)
      : base_(base),
        head_(head),
        options_(options),
        plan_(std::move(plan)),
        matching_(match_cases(base, head)) {
    const Policy& policy = options.policy;
    result_.policy = {.thresholds = thresholds_of(policy.defaults),
                      .alpha = policy.alpha.value_or(kAlpha),
                      .metric = plan_.metric.name,
                      .statistic = statistic_name(plan_.statistic),
                      .unit = unit,
                      .method = {}};
    if (!base.processes.empty()) result_.base_context = reported_context(base.processes.back().context);
    if (!head.processes.empty()) result_.head_context = reported_context(head.processes.back().context);
    check_contexts();
    for (const auto* side : {&base, &head}) {
      for (const Process& process : side->processes) note_all(process.warnings);
    }
    if (!options.partial_processes) note_all(matching_.warnings);
  }

  // `numbers_of_pair(pair, left_out)` gives a case's numbers, without some processes; `decide(cases)` is
  // given the cases that both sides measured, and answers for all of them.
  template <class Numbers, class Decide>
  Comparison run(Numbers numbers_of_pair, Decide decide) {
    std::vector<MeasuredPair> measured_pairs;
    std::vector<std::size_t> decided;  // their places in cells
    for (const CasePair& pair : matching_.pairs) {
      Cell cell;
      cell.name = pair.name;
      cell.verdict = verdict_of(pair.presence);
      cell.reason = pair.reason;
      CaseNumbers measured = numbers_of_pair(pair, LeftOut());
      cell.base = measured.base.summary;
      cell.head = measured.head.summary;
      if (!pair.head.empty()) cell.reproduce = reproduction(pair.head.front());
      if (pair.presence == Presence::both && comparable_) {
        cell.cliffs_delta = measured.cliffs_delta;
        decided.push_back(result_.cells.size());
        const Margins margins = margins_of(pair.name);
        if (const Thresholds own = thresholds_of(margins); own != result_.policy.thresholds)
          cell.thresholds = own;
        measured_pairs.push_back({&pair, std::move(measured), margins});
      } else if (pair.presence == Presence::both) {
        cell.reason = "not compared: the sides were measured on different machines";
      }
      result_.cells.push_back(std::move(cell));
    }
    if (!decided.empty()) {
      const Outcome outcome = decide(measured_pairs);
      for (std::size_t i = 0; i < decided.size(); ++i) {
        Cell& cell = result_.cells[decided[i]];
        take_decision(outcome.decisions[i], cell);
        if (!outcome.left_out.empty())
          report_kept(numbers_of_pair, measured_pairs[i], outcome.left_out, cell);
      }
      take_outcome(outcome, result_);
      tell_medians(measured_pairs);
      tell_lost_samples(measured_pairs);
      explain_intervals(outcome.decisions, measured_pairs);
    }
    take_run_verdict(matching_, options_, comparable_, result_);
    return std::move(result_);
  }

  // `few` names what a case has fewer than kFewestMeasuredUnits of.
  void assume(double deviation, const char* few) {
    result_.assumed_deviation = deviation;
    note("cases with fewer than " + std::to_string(kFewestMeasuredUnits) + " " + few +
         " are judged by an assumed deviation of " + format_percent(deviation) + " between " +
         result_.policy.unit + ", or by what these show where that is more; with " +
         std::to_string(kFewestMeasuredUnits) + " it is measured");
  }
  // Of a policy that is also held to results that were not measured in turn.
  void tell_unused_controls() {
    if (!options_.policy.controls.empty())
      note("the policy's controls are not used here: they take out the shifts of blocks, which only ab has");
  }
  double alpha() const { return result_.policy.alpha; }

 private:
  // What is reported of a case, and blessed, is what it was judged by: of an A/B run, by its last look.
  template <class Numbers>
  void report_kept(Numbers numbers_of_pair, const MeasuredPair& measured, const LeftOut& left_out,
                   Cell& cell) {
    const CaseNumbers kept = numbers_of_pair(*measured.pair, left_out);
    cell.base = kept.base.summary;
    cell.head = kept.head.summary;
    cell.base.value = value_of(measured.numbers.base.processes, left_out.base, plan_.metric);
    cell.head.value = value_of(measured.numbers.head.processes, left_out.head, plan_.metric);
    cell.cliffs_delta = kept.cliffs_delta;
  }

  // Of a recorded run its cases' margins are known, and not the rules that they came from.
  Margins margins_of(const std::string& name) const {
    const auto recorded = options_.recorded_margins.find(name);
    return recorded == options_.recorded_margins.end() ? options_.policy.margins_of(name) : recorded->second;
  }

  void note(std::string text) { result_.notes.push_back(std::move(text)); }
  void note_all(const std::vector<std::string>& texts) {
    result_.notes.insert(result_.notes.end(), texts.begin(), texts.end());
  }

  void check_contexts() {
    // Without a base there is only head to agree with itself.
    ContextComparison contexts = compare_contexts(base_.processes.empty() ? head_ : base_, head_);
    comparable_ = !contexts.forbidden() || options_.allow_hardware_mismatch;
    if (!comparable_) {
      note(
          "the sides were measured on different machines or settings, see above; measure both on one, or "
          "pass "
          "--allow-hardware-mismatch to compare them all the same");
    }
    note_all(contexts.warnings);
    result_.differences = std::move(contexts.differences);
  }

  void tell_medians(const std::vector<MeasuredPair>& pairs) {
    if (plan_.statistic == Statistic::median) return;
    const auto medians =
        std::ranges::count_if(pairs, [](const MeasuredPair& one) { return has_aggregates(*one.pair); });
    if (medians > 0)
      note(format_count(medians, "cases") + " were taken by the median of all repetitions, not by " +
           result_.policy.statistic + ": a process brings no more of them");
  }

  void tell_lost_samples(const std::vector<MeasuredPair>& pairs) {
    const auto lost = [](const MeasuredPair& one) { return lost_samples(one.numbers); };
    const auto first = std::ranges::find_if(pairs, lost);
    if (first != pairs.end())
      note(lost_samples_note(std::ranges::count_if(pairs, lost), first->pair->name, first->numbers));
  }

  // An interval of 95 % beside a one-sided test at 5 % can seem to contradict it.
  void explain_intervals(const std::vector<Decision>& decisions, const std::vector<MeasuredPair>& pairs) {
    std::int64_t beyond = 0;
    for (std::size_t i = 0; i < decisions.size(); ++i) {
      const Decision& one = decisions[i];
      const double farthest = std::max(-one.log_ci_low, one.log_ci_high);
      beyond += one.decided == Decided::unchanged && farthest > log_same(pairs[i].margins);
    }
    if (beyond > 0)
      note("the 95 % interval of " + format_count(beyond, "unchanged cases") +
           " reaches beyond the margin: unchanged is tested one-sided at 5 %, and their 90 % interval lies "
           "within");
  }

  const ResultSet& base_;
  const ResultSet& head_;
  const GateOptions& options_;
  NumberPlan plan_;
  Matching matching_;
  Comparison result_;
  bool comparable_ = true;
};

// Only a median there is of these.
bool has_aggregates(const ResultSet& results) {
  return std::ranges::any_of(results.processes, [](const Process& process) {
    return std::ranges::any_of(process.cases, &Case::aggregate_only);
  });
}

bool all_fingerprinted(const ResultSet& results) {
  return std::all_of(results.processes.begin(), results.processes.end(),
                     [](const Process& process) { return process.context.fingerprinted; });
}

}  // namespace

Statistic default_statistic(const ResultSet& results) {
  return is_gpu(results) || has_aggregates(results) ? Statistic::median : Statistic::q25;
}

Comparison compare_results(const ResultSet& base, const ResultSet& head, const GateOptions& options) {
  const NumberPlan plan{options.metric, options.statistic.value_or(default_statistic(head))};
  const auto numbers_of_pair = [&](const CasePair& pair, const LeftOut& left_out) {
    return numbers_of(without(pair, base, head, left_out), base, head, plan);
  };
  Gate gate(base, head, options, plan, "processes");
  gate.tell_unused_controls();
  return gate.run(numbers_of_pair, [&](const std::vector<MeasuredPair>& pairs) {
    const UnpairedOptions unpaired{.alpha = gate.alpha(),
                                   .assumed_deviation = assumed_deviation(head, options)};
    std::vector<UnpairedCase> cases;
    for (const MeasuredPair& pair : pairs)
      cases.push_back({pair.numbers.base.processes, pair.numbers.head.processes, pair.margins});
    Outcome outcome = decide_unpaired(cases, unpaired);
    if (outcome.assumed) gate.assume(unpaired.assumed_deviation, "processes a side");
    return outcome;
  });
}

Comparison compare_with_baseline(StoredSide stored_side, const ResultSet& head, const GateOptions& options) {
  const NumberPlan plan{stored_side.metric, stored_side.statistic};
  ResultSet& base = stored_side.results;
  base.processes.front().context.fingerprinted = all_fingerprinted(head);
  const auto numbers_of_pair = [&](const CasePair& pair, const LeftOut& left_out) {
    CasePair fresh = without(pair, base, head, {.base = {}, .head = left_out.head});
    fresh.base.clear();
    CaseNumbers numbers = numbers_of(fresh, base, head, plan);
    if (!pair.base.empty()) numbers.base = stored_numbers(stored_side, pair.name);
    return numbers;
  };
  Gate gate(base, head, options, plan, "rounds");
  gate.tell_unused_controls();
  Comparison comparison = gate.run(numbers_of_pair, [&](const std::vector<MeasuredPair>& pairs) {
    const BaselineOptions stored{.alpha = gate.alpha(),
                                 .assumed_deviation = assumed_deviation(head, options)};
    const auto rounds = rounds_of(head);
    std::vector<BaselineCase> cases;
    for (const MeasuredPair& pair : pairs) {
      const auto fresh = by_round(pair.numbers.head.processes, rounds);
      cases.push_back({pair.numbers.base.processes, round_numbers(fresh), pair.margins, round_spread(fresh)});
    }
    Outcome outcome = decide_against_baseline(cases, stored);
    outcome.left_out.head = processes_of(outcome.left_out.head, rounds);
    if (outcome.assumed) gate.assume(stored.assumed_deviation, "stored rounds");
    return outcome;
  });
  if (const std::string note = unequal_samples_note(comparison.cells, stored_side); !note.empty())
    comparison.notes.push_back(note);
  return comparison;
}

Comparison compare_blocks(const ResultSet& base, const ResultSet& head, const GateOptions& options,
                          const DecideBlocks& decide) {
  const NumberPlan plan{options.metric, options.statistic.value_or(default_statistic(head))};
  const auto numbers_of_pair = [&](const CasePair& pair, const LeftOut& left_out) {
    return numbers_of(without(pair, base, head, left_out), base, head, plan);
  };
  Gate gate(base, head, options, plan, "blocks");
  return gate.run(numbers_of_pair, [&](const std::vector<MeasuredPair>& pairs) {
    std::vector<std::string> names;
    for (const MeasuredPair& pair : pairs) names.push_back(pair.pair->name);
    return decide(names);
  });
}

}  // namespace warpgauge
