#include "compare/decide/match.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>

#include "compare/input/names.h"

#include "compare/report/note_words.h"
#include "compare/report/why_words.h"

namespace warpgauge {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Case named(const char* raw_name) {
  Case made;
  made.name = strip_settings(raw_name);
  made.raw_name = raw_name;
  return made;
}

Case measured(const char* raw_name) {
  Case made = named(raw_name);
  made.repetitions.emplace_back().value = 1;
  return made;
}

Case failed(const char* raw_name) {
  Case made = named(raw_name);
  made.failure = "wrong\nsum";
  return made;
}

Case skipped(const char* raw_name) {
  Case made = named(raw_name);
  made.skip_reason = "no AVX";
  return made;
}

Process process(const char* file, std::vector<Case> cases) {
  Process made;
  made.file = file;
  made.cases = std::move(cases);
  return made;
}

ResultSet base_of(std::vector<Case> cases) {
  return {{process("base.json", std::move(cases))}};
}
ResultSet head_of(std::vector<Case> cases) {
  return {{process("head.json", std::move(cases))}};
}

// In words, as a report has them.
std::string why_of(const CasePair& pair) {
  Cell cell;
  cell.why = pair.why;
  return why_sentence(cell, {});
}
std::vector<std::string> notes_of(const Matching& matching) {
  std::vector<std::string> sentences;
  for (const Note& note : matching.notes) sentences.push_back(note_sentence(note, {}));
  return sentences;
}

std::vector<std::string> names_of(const Matching& matching) {
  std::vector<std::string> names;
  for (const CasePair& pair : matching.pairs) names.push_back(pair.name);
  return names;
}

TEST(DecideMatch, EveryCaseOfEitherSideComesOutOnce) {
  const ResultSet base = base_of({measured("a"), measured("gone"), failed("broken"), failed("both_broken")});
  const ResultSet head = head_of({measured("new"), measured("broken"), measured("a"), failed("both_broken")});
  const Matching matching = match_cases(base, head);
  EXPECT_THAT(names_of(matching), ElementsAre("a", "gone", "broken", "both_broken", "new"));
  EXPECT_EQ(matching.pairs[0].presence, CasePresence::both);
  EXPECT_EQ(matching.pairs[1].presence, CasePresence::missing);
  EXPECT_EQ(matching.pairs[2].presence, CasePresence::errored);
  EXPECT_EQ(matching.pairs[3].presence, CasePresence::errored);
  EXPECT_EQ(matching.pairs[4].presence, CasePresence::added);
  EXPECT_EQ(why_of(matching.pairs[1]), "not in head");
  EXPECT_EQ(why_of(matching.pairs[2]), "failed in base: base.json: wrong\\x0asum");
  EXPECT_EQ(why_of(matching.pairs[3]), "failed on both sides: base.json: wrong\\x0asum");
  EXPECT_EQ(why_of(matching.pairs[4]), "not in base");
  EXPECT_THAT(notes_of(matching), IsEmpty());
}

TEST(DecideMatch, PairsPointToWhatWasMeasured) {
  const ResultSet base = base_of({measured("a")});
  const ResultSet head{{process("h1", {measured("b"), measured("a")}), process("h2", {measured("a")})}};
  const Matching matching = match_cases(base, head);
  ASSERT_EQ(matching.pairs[0].base.size(), 1U);
  EXPECT_EQ(matching.pairs[0].base[0].measured, &base.processes[0].cases[0]);
  EXPECT_EQ(matching.pairs[0].base[0].process, &base.processes[0]);
  ASSERT_EQ(matching.pairs[0].head.size(), 2U);
  EXPECT_EQ(matching.pairs[0].head[0].measured, &head.processes[0].cases[1]);
  EXPECT_EQ(matching.pairs[0].head[1].measured, &head.processes[1].cases[0]);
}

TEST(DecideMatch, OneFailingProcessFailsTheCase) {
  const ResultSet base = base_of({measured("a")});
  const ResultSet head{{process("h1", {measured("a")}), process("h2", {failed("a")})}};
  const Matching matching = match_cases(base, head);
  EXPECT_EQ(matching.pairs[0].presence, CasePresence::failed);
  EXPECT_EQ(why_of(matching.pairs[0]), "h2: wrong\\x0asum");
}

TEST(DecideMatch, AFailureOnBothSidesIsNoneOfHead) {
  const Matching matching = match_cases(base_of({failed("a")}), head_of({failed("a")}));
  EXPECT_EQ(matching.pairs[0].presence, CasePresence::errored);
  EXPECT_EQ(why_of(matching.pairs[0]), "failed on both sides: base.json: wrong\\x0asum");
}

TEST(DecideMatch, ACaseThatFailedInBaseAndIsGoneIsMissingOnlyIfBaseMeasuredIt) {
  EXPECT_EQ(match_cases(base_of({failed("a")}), head_of({})).pairs[0].presence, CasePresence::errored);
  const ResultSet base{{process("b1", {measured("a")}), process("b2", {failed("a")})}};
  EXPECT_EQ(match_cases(base, head_of({})).pairs[0].presence, CasePresence::missing);
}

TEST(DecideMatch, ASkipIsAnAbsenceWithAReason) {
  const ResultSet base = base_of({measured("a"), skipped("b"), skipped("c")});
  const ResultSet head = head_of({skipped("a"), measured("b"), skipped("c")});
  const Matching matching = match_cases(base, head);
  EXPECT_THAT(names_of(matching), ElementsAre("a", "b"));
  EXPECT_EQ(matching.pairs[0].presence, CasePresence::missing);
  EXPECT_EQ(why_of(matching.pairs[0]), "skipped in head.json: no AVX");
  EXPECT_EQ(matching.pairs[1].presence, CasePresence::added);
  EXPECT_EQ(why_of(matching.pairs[1]), "skipped in base.json: no AVX");
  EXPECT_THAT(notes_of(matching), ElementsAre("c: skipped on both sides (head.json: no AVX)"));
}

TEST(DecideMatch, ASkipOnOneSideOnlyIsStillTold) {
  const Matching matching = match_cases(base_of({skipped("a")}), head_of({}));
  EXPECT_THAT(matching.pairs, IsEmpty());
  EXPECT_THAT(notes_of(matching), ElementsAre("a: skipped in base.json: no AVX"));
}

TEST(DecideMatch, AListedCaseIsKnownWithoutARow) {
  ResultSet base = base_of({named("a"), named("b")});
  for (Case& one : base.processes[0].cases) one.listed = true;
  const Matching matching = match_cases(base, head_of({measured("a")}));
  EXPECT_THAT(names_of(matching), ElementsAre("a", "b"));
  EXPECT_EQ(matching.pairs[0].presence, CasePresence::both);
  EXPECT_EQ(matching.pairs[1].presence, CasePresence::missing);
  EXPECT_EQ(why_of(matching.pairs[1]), "not in head");
}

TEST(DecideMatch, SettingsOfTheMeasurementDoNotSeparateCases) {
  const Matching matching =
      match_cases(base_of({measured("a/repeats:3")}), head_of({measured("a/repeats:5")}));
  EXPECT_THAT(names_of(matching), ElementsAre("a"));
  EXPECT_EQ(matching.pairs[0].presence, CasePresence::both);
}

TEST(DecideMatch, WhereStrippingMakesTwoCasesOneRawNamesAreKeptOnBothSides) {
  const ResultSet both_clocks =
      base_of({measured("a/real_time"), measured("a/process_time"), measured("b/real_time")});
  const ResultSet one_clock = head_of({measured("a/real_time"), measured("b/real_time")});
  const Matching matching = match_cases(both_clocks, one_clock);
  EXPECT_THAT(names_of(matching), ElementsAre("a/real_time", "a/process_time", "b"));
  EXPECT_EQ(matching.pairs[0].presence, CasePresence::both);
  EXPECT_EQ(matching.pairs[1].presence, CasePresence::missing);
  EXPECT_THAT(names_of(match_cases(one_clock, both_clocks)),
              ElementsAre("a/real_time", "b", "a/process_time"));
}

TEST(DecideMatch, ProcessesThatLackACaseAreTold) {
  const ResultSet base{{process("b1", {measured("a")}), process("b2", {})}};
  const Matching matching = match_cases(base, head_of({measured("a")}));
  EXPECT_EQ(matching.pairs[0].presence, CasePresence::both);
  EXPECT_THAT(notes_of(matching), ElementsAre("a: measured by 1 of the 2 processes of base"));
}

}  // namespace
}  // namespace warpgauge
