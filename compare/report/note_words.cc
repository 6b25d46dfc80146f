#include "compare/report/note_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/diagnostic.h"
#include "base/escape.h"
#include "base/number_format.h"
#include "compare/decide/measuring_noise.h"
#include "compare/report/note_folder.h"
#include "compare/report/unit_words.h"
#include "compare/report/why_words.h"
#include "compare/statistics/outliers.h"

namespace warpgauge {
namespace {

const char* verb(std::int64_t count, const char* one, const char* many) {
  return count == 1 ? one : many;
}

// "a, b, c and 4 more"; `names` are the first ones.
std::string first_names(const std::vector<std::string>& names, std::int64_t count) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kNamesInNote); ++i)
    text += (i > 0 ? ", " : "") + visible(names[i]);
  const auto left = count - static_cast<std::int64_t>(std::min(names.size(), kNamesInNote));
  return left > 0 ? fmt::format("{} and {} more", text, left) : text;
}

struct NoteWords {
  const AppliedPolicy& policy;
  Unit unit = policy.unit;

  std::string operator()(const note::InputRemark& note) const { return note.text; }

  std::string operator()(const note::DifferentMachines&) const {
    return "the sides were measured on different machines or with different settings (see above); measure "
           "both on one "
           "machine, or pass --allow-hardware-mismatch";
  }
  std::string operator()(const note::PartlyFingerprinted&) const {
    return "not all files have a fingerprint (context.warpgauge); only the plain context was compared for "
           "hardware";
  }
  std::string operator()(const note::HardwareUnknown&) const {
    return "base and head share no hardware property, so the hardware was not compared";
  }
  std::string operator()(const note::PartlyMeasured& note) const {
    return fmt::format("{}: measured by {} of the {} processes of {}", visible(note.name), note.measured,
                       note.processes, side_name(note.side));
  }
  std::string operator()(const note::SkippedCase& note) const {
    const std::string where = visible(note.file) + ": " + printable(note.message);
    return note.on_both_sides ? fmt::format("{}: skipped on both sides ({})", visible(note.name), where)
                              : fmt::format("{}: skipped in {}", visible(note.name), where);
  }
  std::string operator()(const note::FailedCases& note) const {
    const std::string cases = format_count(note.cases, "cases");
    const std::string names = first_names(note.names, note.cases);
    switch (note.kind) {
      case note::FailedCases::Kind::on_both_sides:
        return fmt::format("{} failed on both sides: {}", cases, names);
      case note::FailedCases::Kind::fixed:
        return fmt::format("{} failed in base only, so head fixes {}: {}", cases,
                           verb(note.cases, "it", "them"), names);
      case note::FailedCases::Kind::not_run_in_head:
        return fmt::format("{} failed in base and {} not run in head: {}", cases,
                           verb(note.cases, "was", "were"), names);
      case note::FailedCases::Kind::allowed:
        break;
    }
    return fmt::format("{} failed in head, which --allow-failed permits: {}", cases, names);
  }
  std::string operator()(const note::BaseIsEmpty&) const {
    return "base lists no case, so all cases of head are new, and none was run";
  }
  std::string operator()(const note::BelowResolutionCases& note) const {
    return fmt::format(
        "{} {} below resolution: an iteration takes at most one clock cycle ({}) on both sides, so it "
        "measures "
        "nothing: {}; use benchmark::DoNotOptimize",
        format_count(note.cases, "cases"), verb(note.cases, "is", "are"), format_duration(note.resolution_ns),
        first_names(note.names, note.cases));
  }
  std::string operator()(const note::ControlsUnused&) const {
    return "the policy's controls have no effect here: they correct blocks of an A/B run (`compare ab`)";
  }

  std::string operator()(const note::DeviationAssumed& note) const {
    const char* const units = unit == Unit::round ? "stored rounds" : "processes per side";
    std::string text = fmt::format(
        "cases with fewer than {} {} are judged by an assumed deviation of {} between {}, or by the measured "
        "one if that is larger",
        kFewestMeasuredUnits, units, format_percent(note.deviation), unit_name(unit));
    if (note.mde_with_more > 0)
      text += fmt::format("; with {} {} the MDE would be about {}", kPlannedUnits, units,
                          format_mde(note.mde_with_more));
    return text;
  }
  std::string operator()(const note::ScatterOverCases& note) const {
    const std::string cases = format_count(note.cases, "cases");
    const char* const why = note.tails ? ", and single cases lie far outside" : "";
    if (note.deviation > 0)
      return fmt::format(
          "the changes of {} scatter by {} between {}{}; this was used in place of the assumed deviation",
          cases, format_percent(note.deviation), unit_name(unit), why);
    return fmt::format(
        "the changes of {} scatter more than the {} before explain{}; every interval is widened accordingly",
        cases, unit_name(unit), why);
  }
  std::string operator()(const note::CaseOutliers& note) const {
    const ExcludedUnits& units = note.units;
    return fmt::format(
        "in {} single {} were excluded as outliers of that case alone; the farthest is {}: {} {} of {}, "
        "about {}",
        format_count(note.cases, "cases"), unit_name(unit), visible(note.name),
        units.numbers.size() == 1 ? singular() : unit_name(unit), format_list(units.numbers),
        side_name(units.side), shift_words(units.log_shift));
  }
  std::string operator()(const note::SampleNoiseStated& note) const {
    return fmt::format(
        "the files state the deviation of the samples of {}; it was added to the deviation between {}. The "
        "largest: {}, {} over {}",
        format_count(note.cases, "cases"), unit_name(unit), visible(note.name),
        format_percent(note.deviation), format_count(note.samples, "samples"));
  }
  std::string operator()(const note::WaitedForProcessor& note) const {
    return fmt::format(
        "in {} with one thread, real_time is more than {} above cpu_time; the largest ratio is {} ({}). "
        "Another process had the processor, or the case waits; if it does not wait on purpose, compare with "
        "--metric cpu_time",
        format_count(note.cases, "cases"), format_percent(kWellAbove), format_number(note.ratio),
        visible(note.name));
  }
  std::string operator()(const note::FewIterations& note) const {
    return fmt::format(
        "{} {} far fewer iterations than the others of the same case: {} in {} has {}, the others {}; "
        "measure it again",
        format_count(note.rows, "rows"), verb(note.rows, "has", "have"), visible(note.name),
        visible(note.file), note.iterations, note.others);
  }
  std::string operator()(const note::MediansTaken& note) const {
    return fmt::format(
        "{} {} compared by the median, not by {}: their files hold one number for all repetitions",
        format_count(note.cases, "cases"), verb(note.cases, "was", "were"), policy.statistic);
  }
  std::string operator()(const note::SamplesCut& note) const {
    return fmt::format(
        "in {} one side has more than twice as many samples per process ({}: base {}, head {}); both were "
        "cut to the "
        "smaller number",
        format_count(note.cases, "cases"), visible(note.name), note.base, note.head);
  }
  std::string operator()(const note::SamplesDiffer& note) const {
    return fmt::format(
        "head has {} per process and case, the last stored round {}; {} grows with fewer samples, so measure "
        "as the "
        "baseline was measured",
        format_count(note.head, "samples"), note.stored, statistic_name(note.statistic));
  }
  std::string operator()(const note::IntervalsBeyondMargin& note) const {
    return fmt::format(
        "the 95 % interval of {} reaches beyond the margin; `unchanged` is tested one-sided at 5 %, so the "
        "90 % "
        "interval lies within",
        format_count(note.cases, "unchanged cases"));
  }

  std::string operator()(const note::UnitsExcluded& note) const {
    const ExcludedUnits& excluded = note.units;
    const bool one = excluded.numbers.size() == 1;
    const std::string names =
        fmt::format("{} {}", one ? singular() : unit_name(unit), format_list(excluded.numbers));
    if (unit == Unit::block)
      return fmt::format("{} of {} {} excluded as {}: head was about {} in all cases together, against base",
                         names, excluded.units, one ? "was" : "were", one ? "an outlier" : "outliers",
                         shift_words(excluded.log_shift));
    return fmt::format("{} of {}'s {} {} excluded as {}: about {} in all cases together than the other {}",
                       names, side_name(excluded.side), excluded.units, one ? "was" : "were",
                       one ? "an outlier" : "outliers", shift_words(excluded.log_shift), unit_name(unit));
  }

  std::string operator()(const note::VerdictsDependOnExclusion& note) const {
    std::size_t against = 0;
    for (const ExcludedUnits& one : note.against_head) against += one.numbers.size();
    const Side side = note.against_head.empty() ? Side::head : note.against_head.back().side;
    std::string text = fmt::format(
        "{} {} excluded, {} in the other direction; a case that is unchanged or improved only "
        "because of that is inconclusive",
        excluded_words(note.against_head, unit), against == 1 ? "was" : "were",
        note.in_favour == 0 ? "none" : std::to_string(note.in_favour));
    if (against != 1)
      return fmt::format("{} may have two speeds: {}; check what these {} have in common", side_name(side),
                         text, unit_name(unit));
    return fmt::format("{}; with {} {} or more, a single one is attributed to the machine", text,
                       unit == Unit::block ? kLoneOutlierBlocks : kLoneOutlierUnits, unit_name(unit));
  }

  std::string operator()(const note::NullControlRan& note) const {
    switch (note.verdict) {
      case NullVerdict::passed:
        return "null control: passed; base agrees with base, and head with head";
      case NullVerdict::failed:
        return "null control: FAILED; base differs from base, or head from head, so no change can be claimed";
      case NullVerdict::not_available:
        break;
    }
    return fmt::format("null control: not available; it needs {} pairs of blocks", kFewestNullPairs);
  }
  std::string operator()(const note::EndedEarly& note) const { return "the run ended early: " + note.cause; }

  std::string operator()(const note::BaselineUsed& note) const {
    return fmt::format("base is {}{}: {}", note.path, note.blessed ? "" : " (not blessed)",
                       format_count(note.rounds, "rounds"));
  }
  std::string operator()(const note::NoBaseline& note) const {
    return fmt::format("there is no baseline {} for this hardware; `compare bless` creates one", note.path);
  }
  std::string operator()(const note::Drift& note) const {
    return fmt::format(
        "{} drifted: {}{}, by {} over {}; `compare trend` shows it, `compare bless` refuses the round until "
        "--accept RE "
        "restarts the case",
        format_count(note.cases, "stored cases"), note.cases == 1 ? "" : "the worst is ",
        visible(note.metric.empty() ? note.name : fmt::format("{} [{}]", note.name, note.metric)),
        format_change(note.ratio), format_count(note.rounds, "rounds"));
  }
  std::string operator()(const note::Settled& note) const {
    return fmt::format(
        "the stored baseline decided {} of {}; an A/B run of base and head decided the other {}",
        note.cleared, format_count(note.cases, "cases"), note.cases - note.cleared);
  }
  std::string operator()(const note::Sentence& note) const { return note.text; }

  std::string singular() const {
    const std::string one = format_units(1, unit);
    return one.substr(one.find(' ') + 1);
  }
};

}  // namespace

namespace {

// Which metrics a note is about; nothing if it is about all of them.
std::vector<std::string> metric_sentences(const Comparison& comparison) {
  std::vector<std::pair<std::string, std::vector<std::string>>> metrics_of;
  for (const MetricNote& one : comparison.metric_notes) {
    const std::string sentence = note_sentence(one.note, comparison.policy);
    auto found = std::ranges::find_if(metrics_of, [&](const auto& entry) { return entry.first == sentence; });
    if (found == metrics_of.end()) found = metrics_of.insert(metrics_of.end(), {sentence, {}});
    found->second.push_back(visible(one.metric));
  }
  const auto tested = std::ranges::count(comparison.policy.metrics, false, &AppliedMetric::exact);
  std::vector<std::string> sentences;
  for (const auto& [sentence, metrics] : metrics_of) {
    const bool all = std::ssize(metrics) >= tested && tested > 1;
    sentences.push_back(all ? sentence : fmt::format("{}: {}", fmt::join(metrics, ", "), sentence));
  }
  return sentences;
}

}  // namespace

std::string note_sentence(const Note& note, const AppliedPolicy& policy) {
  return std::visit(NoteWords{policy}, note);
}

std::string hindrance_sentence(Hindrance hindrance) {
  switch (hindrance) {
    case Hindrance::no_common_case:
      return "no case was measured on both sides; check --filter, and whether cases failed or were renamed";
    case Hindrance::cases_missing:
      return "head lacks cases of base; --allow-missing permits that";
    case Hindrance::strict_inconclusive:
      return "--strict: inconclusive cases do not pass";
    case Hindrance::strict_mde:
      return "--strict: the minimum detectable effect is above the policy's max_mde";
    case Hindrance::head_unusable:
      return "head could not be run";
    case Hindrance::exact_varies:
      return "a metric that is declared exact differs between the processes of one side";
    case Hindrance::other_machine:
    case Hindrance::null_control:
    case Hindrance::ended_early:
    case Hindrance::no_baseline:
    case Hindrance::doubt:
      break;
  }
  return "";
}

const char* hindrance_name(Hindrance hindrance) {
  switch (hindrance) {
    case Hindrance::other_machine:
      return "other_machine";
    case Hindrance::no_common_case:
      return "no_common_case";
    case Hindrance::cases_missing:
      return "cases_missing";
    case Hindrance::strict_inconclusive:
      return "strict_inconclusive";
    case Hindrance::strict_mde:
      return "strict_mde";
    case Hindrance::null_control:
      return "null_control";
    case Hindrance::ended_early:
      return "ended_early";
    case Hindrance::head_unusable:
      return "head_unusable";
    case Hindrance::no_baseline:
      return "no_baseline";
    case Hindrance::exact_varies:
      return "exact_varies";
    case Hindrance::doubt:
      break;
  }
  return "doubt";
}

std::string first_sentence(const Comparison& comparison) {
  const CommonShift& shift = comparison.common_shift;
  if (!shift.is_uniform || !shift.ratio) return "";
  const bool slower = *shift.ratio > 1;
  const std::string change = format_change(slower ? *shift.ratio : 1 / *shift.ratio).substr(1);
  const std::string of_metric = shift.metric.empty() ? "" : fmt::format("{}: ", visible(shift.metric));
  return of_metric +
         fmt::format(
             "most cases are {} {} (median): either the machine was {}, or the change affects all of them; "
             "`compare ab` runs both binaries interleaved and shows which",
             change, slower ? "slower" : "faster", slower ? "slower" : "faster");
}

std::vector<std::string> note_sentences(const Comparison& comparison, NoteDetail detail) {
  std::vector<std::string> sentences;
  for (const Hindrance hindrance : comparison.hindrances)
    if (std::string sentence = hindrance_sentence(hindrance); !sentence.empty())
      sentences.push_back(std::move(sentence));
  NoteFolder folder(comparison.policy, detail);
  for (const bool deciding : {true, false})
    for (const Note& note : comparison.notes)
      if (is_deciding(note) == deciding) folder.add(note);
  for (std::string& sentence : folder.take()) sentences.push_back(std::move(sentence));
  for (std::string& sentence : metric_sentences(comparison)) sentences.push_back(std::move(sentence));
  return sentences;
}

}  // namespace warpgauge
