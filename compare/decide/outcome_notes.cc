#include "compare/decide/outcome_notes.h"

#include <algorithm>
#include <cmath>

#include "compare/decide/measuring_noise.h"
#include "compare/decide/sample_counts.h"
#include "compare/statistics/outliers.h"

namespace warpgauge {
namespace {

std::size_t count_units(const std::vector<ExcludedUnits>& groups) {
  std::size_t count = 0;
  for (const ExcludedUnits& one : groups) count += one.numbers.size();
  return count;
}

class OutcomeNotes {
 public:
  OutcomeNotes(const Outcome& outcome, const JudgedCases& judged) : outcome_(outcome) {
    for (std::size_t i = 0; i < judged.size(); ++i) {
      if (judged[i]->numbers.scale != NumberScale::log) continue;
      by_log_.push_back(judged[i]);
      decisions_.push_back(&outcome.decisions[i]);
    }
  }

  void note_deviation(double assumed) {
    if (outcome_.assumed) note(note::DeviationAssumed{assumed, outcome_.mde_with_more});
    if (!outcome_.scatter) return;
    note(note::ScatterOverCases{outcome_.assumed ? outcome_.scatter->factor * assumed : 0,
                                outcome_.scatter->tails, static_cast<std::int64_t>(outcome_.scatter->cases)});
  }

  void note_exclusions() {
    for (const ExcludedUnits& units : outcome_.excluded) note(note::UnitsExcluded{units});
    note_case_outliers();
    if (outcome_.excluded.empty()) return;
    const bool depends = std::ranges::any_of(outcome_.decisions, [](const Decision& one) {
      return std::holds_alternative<DependsOnExclusion>(one.why);
    });
    if (!depends) return;
    const auto against = against_head(outcome_.excluded);
    note(note::VerdictsDependOnExclusion{against, count_units(outcome_.excluded) - count_units(against)});
  }

  void note_measuring(const Metric& metric) {
    for (Note& one : measuring_notes(by_log_, metric)) note(std::move(one));
  }

  void note_samples(Statistic statistic) {
    const auto medians =
        std::ranges::count_if(by_log_, [](const CasePair* one) { return has_aggregates(*one); });
    if (medians > 0 && statistic != Statistic::median) note(note::MediansTaken{medians});
    const auto cut = [](const CasePair* one) { return were_samples_cut(one->numbers); };
    const auto first = std::ranges::find_if(by_log_, cut);
    if (first != by_log_.end())
      note(note::SamplesCut{std::ranges::count_if(by_log_, cut), (*first)->name,
                            samples_per_process((*first)->numbers.base.summary),
                            samples_per_process((*first)->numbers.head.summary)});
  }

  // A two-sided 95 % interval can seem to contradict a one-sided test at 5 %.
  void note_intervals() {
    std::int64_t beyond = 0;
    for (std::size_t i = 0; i < by_log_.size(); ++i) {
      const Decision& one = *decisions_[i];
      const double farthest = std::max(-one.log_ci_low, one.log_ci_high);
      beyond += one.decided == Decided::unchanged && farthest > log_same(by_log_[i]->margins);
    }
    if (beyond > 0) note(note::IntervalsBeyondMargin{beyond});
  }

  std::vector<Note> take() { return std::move(notes_); }

 private:
  void note(Note one) { notes_.push_back(std::move(one)); }

  void note_case_outliers() {
    note::CaseOutliers outliers;
    for (std::size_t i = 0; i < by_log_.size(); ++i) {
      const std::vector<ExcludedUnits>& own = decisions_[i]->own_excluded;
      outliers.cases += !own.empty();
      for (const ExcludedUnits& units : own) {
        if (std::abs(units.log_shift) <= std::abs(outliers.units.log_shift)) continue;
        outliers.name = by_log_[i]->name;
        outliers.units = units;
      }
    }
    if (outliers.cases > 0) note(outliers);
  }

  const Outcome& outcome_;
  JudgedCases by_log_;
  std::vector<const Decision*> decisions_;  // of these
  std::vector<Note> notes_;
};

}  // namespace

std::vector<Note> outcome_notes(const Outcome& outcome, const JudgedCases& judged, const NumberPlan& plan,
                                double assumed_deviation) {
  OutcomeNotes notes(outcome, judged);
  notes.note_deviation(assumed_deviation);
  notes.note_exclusions();
  notes.note_measuring(plan.metric);
  notes.note_samples(plan.statistic);
  notes.note_intervals();
  return notes.take();
}

}  // namespace warpgauge
