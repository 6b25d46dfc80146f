// Facts about a comparison that concern more than one case. report/note_words.cc turns each kind into a
// sentence.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "compare/statistics/decision.h"
#include "compare/statistics/null_control.h"
#include "compare/statistics/statistic.h"

namespace warpgauge {

inline constexpr std::size_t kNamesInNote = 3;

namespace note {

// Something in an input file that was ignored. The text names the place.
struct InputRemark {
  std::string text;
};
// The sides were measured on different machines or with different settings.
struct DifferentMachines {};
// Some files have no fingerprint, so only the plain context of the hardware was compared.
struct PartlyFingerprinted {};
// Base and head have no common key about their hardware.
struct HardwareUnknown {};
// Some processes of a side lack a case.
struct PartlyMeasured {
  std::string name;
  Side side = Side::base;
  std::size_t measured = 0, processes = 0;
};
// A case that one or both sides skipped and no process measured.
struct SkippedCase {
  std::string name, file, message;
  bool on_both_sides = false;
};
// Cases that failed, and do not fail the run. The first names are an example.
struct FailedCases {
  enum class Kind { on_both_sides, fixed, not_run_in_head, allowed };
  Kind kind = Kind::on_both_sides;
  std::int64_t cases = 0;
  std::vector<std::string> names;
};
// The binary of base lists no case, so all cases of head are new.
struct BaseIsEmpty {};
// Cases whose times are below the resolution of the clock on both sides.
struct BelowResolutionCases {
  std::int64_t cases = 0;
  double resolution_ns = 0;  // of the first
  std::vector<std::string> names;
};
// A policy's controls have no effect outside of an A/B run.
struct ControlsUnused {};
// Cases with fewer than kFewestMeasuredUnits units were judged by an assumed deviation, a fraction.
struct DeviationAssumed {
  double deviation = 0;
  double mde_with_more = 0;  // expected with kPlannedUnits per side; 0: not known
};
// The changes scatter more over the cases than the assumed or measured deviation explains.
struct ScatterOverCases {
  double deviation = 0;  // between units, by the scatter; 0: the deviation of each case was measured
  bool tails = false;    // because single cases lie far outside
  std::int64_t cases = 0;
};
// Outliers of single cases were excluded; the first is the case with the farthest.
struct CaseOutliers {
  std::int64_t cases = 0;
  std::string name;
  ExcludedUnits units;
};
// The file states the deviation of the samples behind a mean. The case with the largest one.
struct SampleNoiseStated {
  std::int64_t cases = 0;
  std::string name;
  double deviation = 0;
  std::int64_t samples = 0;
};
// Cases with one thread whose real_time is well above their cpu_time; the farthest.
struct WaitedForProcessor {
  std::int64_t cases = 0;
  std::string name;
  double ratio = 1;
};
// Rows with far fewer iterations than the others of their case; the one with the smallest share.
struct FewIterations {
  std::int64_t rows = 0;
  std::string name, file;
  std::int64_t iterations = 0, others = 0;
};
// These cases have only one number for all repetitions, so the median was used instead of the statistic.
struct MediansTaken {
  std::int64_t cases = 0;
};
// One side has more than twice as many samples per process; the longer ones were cut. The first case as an
// example.
struct SamplesCut {
  std::int64_t cases = 0;
  std::string name;
  std::int64_t base = 0, head = 0;  // per process
};
// Head's processes and the last stored round have different numbers of samples. A stored round cannot be cut.
struct SamplesDiffer {
  std::int64_t stored = 0, head = 0;  // per process
  Statistic statistic = Statistic::q25;
};
// The 95 % interval of unchanged cases reaches beyond the margin: the test is one-sided at 5 %.
struct IntervalsBeyondMargin {
  std::int64_t cases = 0;
};
struct UnitsExcluded {
  ExcludedUnits units;
};
// Cases are inconclusive because their verdict depends on the exclusion of units that speak against head.
struct VerdictsDependOnExclusion {
  std::vector<ExcludedUnits> against_head;
  std::size_t in_favour = 0;  // excluded units that speak for head
};
struct NullControlRan {
  NullVerdict verdict = NullVerdict::not_available;
};
struct EndedEarly {
  std::string cause;
};
// The stored baseline that was used as base.
struct BaselineUsed {
  std::string path;
  bool blessed = true;
  std::int64_t rounds = 0;
};
struct NoBaseline {
  std::string path;
};
// Stored cases drift; the worst by `ratio` over `rounds` rounds.
struct Drift {
  std::int64_t cases = 0;
  std::string name;
  double ratio = 1;
  std::int64_t rounds = 0;
  std::string metric = {};  // empty if the comparison has one metric only
};
// `settle merge`: the stored baseline cleared `cleared` of `cases` cases, an A/B run decided the others.
struct Settled {
  std::int64_t cleared = 0, cases = 0;
};
// A given sentence: from `settle note`, or from a comparison.json that was read.
struct Sentence {
  std::string text;
};

}  // namespace note

using Note =
    std::variant<note::InputRemark, note::DifferentMachines, note::PartlyFingerprinted, note::HardwareUnknown,
                 note::PartlyMeasured, note::SkippedCase, note::FailedCases, note::BelowResolutionCases,
                 note::BaseIsEmpty, note::ControlsUnused, note::DeviationAssumed, note::ScatterOverCases,
                 note::CaseOutliers, note::SampleNoiseStated, note::WaitedForProcessor, note::FewIterations,
                 note::MediansTaken, note::SamplesCut, note::SamplesDiffer, note::IntervalsBeyondMargin,
                 note::UnitsExcluded, note::VerdictsDependOnExclusion, note::NullControlRan, note::EndedEarly,
                 note::BaselineUsed, note::NoBaseline, note::Drift, note::Settled, note::Sentence>;

// What keeps a run from passing, in addition to its cases.
enum class Hindrance {
  other_machine,        // the sides come from different machines
  no_common_case,       // no case was measured on both sides
  cases_missing,        // head lacks cases of base, and --allow-missing was not given
  strict_inconclusive,  // --strict: inconclusive cases
  strict_mde,           // --strict: the MDE is above the policy's max_mde
  null_control,         // base differs from base, or head from head
  ended_early,          // an A/B run was interrupted, or base could not be run
  head_unusable,        // head could not be run: counts like a failed case
  no_baseline,          // there is no stored baseline for this hardware
  doubt,                // `settle note --doubt`
  exact_varies,         // a metric that is declared exact differs between the processes of a side
};
inline constexpr std::array kHindrances = {Hindrance::other_machine, Hindrance::no_common_case,
                                           Hindrance::cases_missing, Hindrance::strict_inconclusive,
                                           Hindrance::strict_mde,    Hindrance::null_control,
                                           Hindrance::ended_early,   Hindrance::head_unusable,
                                           Hindrance::no_baseline,   Hindrance::doubt,
                                           Hindrance::exact_varies};

}  // namespace warpgauge
