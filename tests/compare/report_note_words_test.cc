#include "compare/report/note_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "compare/report/settling_words.h"

namespace warpgauge {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

std::string sentence(const Note& note, Unit unit = Unit::process) {
  AppliedPolicy policy;
  policy.unit = unit;
  policy.statistic = "q25";
  return note_sentence(note, policy);
}

ExcludedUnits slow_head(std::vector<std::size_t> numbers, std::size_t units) {
  return {Side::head, true, std::move(numbers), units, std::log(1.5)};
}

TEST(NoteWords, Machines) {
  EXPECT_THAT(sentence(note::DifferentMachines{}),
              StartsWith("the sides were measured on different machines"));
  EXPECT_EQ(sentence(note::PartlyFingerprinted{}),
            "not all files have a fingerprint (context.warpgauge); only the plain context was compared for "
            "hardware");
  EXPECT_EQ(sentence(note::HardwareUnknown{}),
            "base and head share no hardware property, so the hardware was not compared");
}

TEST(NoteWords, CasesThatNotAllMeasured) {
  EXPECT_EQ(sentence(note::PartlyMeasured{"f", Side::head, 2, 3}),
            "f: measured by 2 of the 3 processes of head");
  EXPECT_EQ(sentence(note::SkippedCase{"f", "a.json", "no GPU", true}),
            "f: skipped on both sides (a.json: no GPU)");
  EXPECT_EQ(sentence(note::SkippedCase{"f", "a.json", "no GPU", false}), "f: skipped in a.json: no GPU");
}

TEST(NoteWords, CasesThatFailed) {
  using Kind = note::FailedCases::Kind;
  EXPECT_EQ(sentence(note::FailedCases{Kind::on_both_sides, 5, {"a", "b", "c"}}),
            "5 cases failed on both sides: a, b, c and 2 more");
  EXPECT_EQ(sentence(note::FailedCases{Kind::fixed, 1, {"a"}}),
            "1 case failed in base only, so head fixes it: a");
  EXPECT_EQ(sentence(note::FailedCases{Kind::not_run_in_head, 2, {"a", "b"}}),
            "2 cases failed in base and were not run in head: a, b");
  EXPECT_EQ(sentence(note::FailedCases{Kind::allowed, 1, {"a"}}),
            "1 case failed in head, which --allow-failed permits: a");
  EXPECT_EQ(
      sentence(note::BelowResolutionCases{2, 0.5, {"a", "b"}}),
      "2 cases are below resolution: an iteration takes at most one clock cycle (0.500 ns) on both sides, so "
      "it measures nothing: a, b; use benchmark::DoNotOptimize");
  EXPECT_EQ(sentence(note::BaseIsEmpty{}),
            "base lists no case, so all cases of head are new, and none was run");
}

TEST(NoteWords, DeviationAssumed) {
  EXPECT_EQ(sentence(note::DeviationAssumed{0.05}),
            "cases with fewer than 3 processes per side are judged by an assumed deviation of 5 % between "
            "processes, or by the measured one if that is larger");
  EXPECT_EQ(
      sentence(note::DeviationAssumed{0.015, 0.08}, Unit::round),
      "cases with fewer than 3 stored rounds are judged by an assumed deviation of 1.5 % between "
      "rounds, or by the measured one if that is larger; with 5 stored rounds the MDE would be about 8 %");
}

TEST(NoteWords, NoiseOfTheMeasurement) {
  EXPECT_EQ(
      sentence(note::ScatterOverCases{0.08, true, 198}),
      "the changes of 198 cases scatter by 8 % between processes, and single cases lie far outside; this was "
      "used in place of the assumed deviation");
  EXPECT_EQ(sentence(note::ScatterOverCases{0, false, 198}, Unit::round),
            "the changes of 198 cases scatter more than the rounds before explain; every interval is widened "
            "accordingly");
  EXPECT_EQ(sentence(note::CaseOutliers{1, "f", slow_head({7}, 24)}),
            "in 1 case single processes were excluded as outliers of that case alone; the farthest is f: "
            "process 7 of head, about 50 % slower");
  EXPECT_EQ(sentence(note::SampleNoiseStated{2, "f", 0.14, 10}),
            "the files state the deviation of the samples of 2 cases; it was added to the deviation between "
            "processes. The largest: f, 14 % over 10 samples");
  EXPECT_EQ(
      sentence(note::WaitedForProcessor{3, "f", 1.5}),
      "in 3 cases with one thread, real_time is more than 10 % above cpu_time; the largest ratio is 1.50 "
      "(f). "
      "Another process had the processor, or the case waits; if it does not wait on purpose, compare with "
      "--metric cpu_time");
  EXPECT_EQ(sentence(note::FewIterations{1, "f", "head-7.json", 1, 1000}),
            "1 row has far fewer iterations than the others of the same case: f in head-7.json has 1, the "
            "others 1000; measure it again");
}

TEST(NoteWords, TheFirstSentenceIsAboutAllCases) {
  Comparison comparison;
  comparison.common_shift.ratio = 1.2;
  EXPECT_EQ(first_sentence(comparison), "");
  comparison.common_shift.is_uniform = true;
  EXPECT_EQ(
      first_sentence(comparison),
      "most cases are 20.0 % slower (median): either the machine was slower, or the change affects all of "
      "them; `compare ab` runs both binaries interleaved and shows which");
  comparison.common_shift.ratio = 0.8;
  EXPECT_THAT(first_sentence(comparison), StartsWith("most cases are 25.0 % faster (median): "));
}

TEST(NoteWords, Samples) {
  EXPECT_EQ(sentence(note::MediansTaken{1}),
            "1 case was compared by the median, not by q25: their files hold one number for all repetitions");
  EXPECT_EQ(sentence(note::SamplesCut{2, "f", 40, 10}),
            "in 2 cases one side has more than twice as many samples per process (f: base 40, head 10); both "
            "were cut to "
            "the smaller number");
  EXPECT_EQ(
      sentence(note::SamplesDiffer{40, 10, Statistic::q25}),
      "head has 10 samples per process and case, the last stored round 40; q25 grows with fewer samples, so "
      "measure as the baseline was measured");
}

TEST(NoteWords, UnitsExcluded) {
  EXPECT_EQ(sentence(note::UnitsExcluded{slow_head({4}, 8)}),
            "process 4 of head's 8 was excluded as an outlier: about 50 % slower in all cases together than "
            "the other "
            "processes");
  EXPECT_EQ(
      sentence(note::UnitsExcluded{slow_head({2, 3}, 12)}, Unit::block),
      "blocks 2 and 3 of 12 were excluded as outliers: head was about 50 % slower in all cases together, "
      "against base");
}

TEST(NoteWords, VerdictsDependOnExclusion) {
  EXPECT_EQ(sentence(note::VerdictsDependOnExclusion{{slow_head({4}, 8)}, 0}),
            "1 of head's 8 processes, 50 % slower, was excluded, none in the other direction; a case that is "
            "unchanged "
            "or improved only because of that is inconclusive; with 24 processes or more, a single one is "
            "attributed to the machine");
  EXPECT_EQ(
      sentence(note::VerdictsDependOnExclusion{{slow_head({1, 2}, 6)}, 1}, Unit::block),
      "head may have two speeds: 2 of 6 blocks, head 50 % slower, were excluded, 1 in the other direction; a "
      "case "
      "that is unchanged or improved only because of that is inconclusive; check what these "
      "blocks have in common");
  const ExcludedUnits fast_base{Side::base, false, {2, 5}, 12, std::log(0.75)};
  EXPECT_THAT(sentence(note::VerdictsDependOnExclusion{{fast_base}, 0}),
              StartsWith("base may have two speeds: 2 of base's 12 processes, 25 % faster, were excluded"));
}

TEST(NoteWords, Runs) {
  EXPECT_EQ(sentence(note::NullControlRan{NullVerdict::passed}),
            "null control: passed; base agrees with base, and head with head");
  EXPECT_THAT(sentence(note::NullControlRan{NullVerdict::failed}), StartsWith("null control: FAILED; "));
  EXPECT_EQ(sentence(note::NullControlRan{NullVerdict::not_available}),
            "null control: not available; it needs 3 pairs of blocks");
  EXPECT_EQ(sentence(note::EndedEarly{"interrupted"}), "the run ended early: interrupted");
  EXPECT_THAT(sentence(note::ControlsUnused{}), StartsWith("the policy's controls have no effect here"));
}

TEST(NoteWords, Baselines) {
  EXPECT_EQ(sentence(note::BaselineUsed{"baselines/x/ci.json", true, 10}),
            "base is baselines/x/ci.json: 10 rounds");
  EXPECT_EQ(sentence(note::BaselineUsed{"x/ci.json", false, 1}), "base is x/ci.json (not blessed): 1 round");
  EXPECT_EQ(sentence(note::NoBaseline{"x/ci.json"}),
            "there is no baseline x/ci.json for this hardware; `compare bless` creates one");
  EXPECT_EQ(
      sentence(note::Drift{2, "f", 1.224, 11}),
      "2 stored cases drifted: the worst is f, by +22.4 % over 11 rounds; `compare trend` shows it, `compare "
      "bless` refuses the round until --accept RE restarts the case");
  EXPECT_EQ(sentence(note::Settled{4, 6}),
            "the stored baseline decided 4 of 6 cases; an A/B run of base and head decided the other 2");
  note::Drift of_metric{1, "f", 1.2, 7, "cpu_time"};
  EXPECT_THAT(sentence(of_metric), StartsWith("1 stored case drifted: f [cpu_time], by "));
}

TEST(NoteWords, TextFromElsewhere) {
  EXPECT_EQ(sentence(note::InputRemark{"a.json: odd"}), "a.json: odd");
  EXPECT_EQ(sentence(note::Sentence{"as it is"}), "as it is");
}

TEST(NoteWords, NamesFromTheDataAreMadeVisible) {
  EXPECT_EQ(sentence(note::PartlyMeasured{"a\nb", Side::base, 1, 2}),
            "a\\x0ab: measured by 1 of the 2 processes of base");
}

TEST(NoteWords, IntervalsBeyondMargin) {
  EXPECT_EQ(sentence(note::IntervalsBeyondMargin{1}),
            "the 95 % interval of 1 unchanged case reaches beyond the margin; `unchanged` is tested "
            "one-sided at 5 %, so "
            "the 90 % interval lies within");
}

TEST(HindranceWords, EachHasANameOfItsOwn) {
  std::set<std::string> names;
  for (const Hindrance hindrance : kHindrances) names.insert(hindrance_name(hindrance));
  EXPECT_EQ(names.size(), kHindrances.size());
}

TEST(HindranceWords, ComeBeforeTheNotes) {
  Comparison comparison;
  comparison.notes = {note::Sentence{"first"}};
  comparison.hindrances = {Hindrance::no_common_case, Hindrance::other_machine, Hindrance::cases_missing};
  EXPECT_THAT(note_sentences(comparison),
              ElementsAre("no case was measured on both sides; check --filter, and whether cases failed or "
                          "were renamed",
                          "head lacks cases of base; --allow-missing permits that", "first"));
}

TEST(HindranceWords, StrictNamesTheFlag) {
  EXPECT_EQ(hindrance_sentence(Hindrance::strict_inconclusive), "--strict: inconclusive cases do not pass");
  EXPECT_EQ(hindrance_sentence(Hindrance::strict_mde),
            "--strict: the minimum detectable effect is above the policy's max_mde");
  EXPECT_EQ(hindrance_sentence(Hindrance::head_unusable), "head could not be run");
}

TEST(SettlingWords, OneLineWithTheCommandAndItsTime) {
  EXPECT_EQ(settling_words({}, {"ci/gate.sh", "^()$", {}}, 40), "");
  EXPECT_EQ(settling_words({{"a"}, 6, false}, {"ci/gate.sh", "^(a)$", {}}, 40),
            "ci/gate.sh --filter '^(a)$' can decide the inconclusive case in about 4 min\n");
  EXPECT_EQ(
      settling_words({{"a", "b"}, 24, true}, {"ci/gate.sh", std::string(200, 'x'), {"--matrix", "seed"}}, 40),
      "ci/gate.sh -- --matrix seed may decide the 2 inconclusive cases in about 16 min\n");
}

}  // namespace
}  // namespace warpgauge
