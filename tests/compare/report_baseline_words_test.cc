// One test per kind of fact about a stored baseline: the sentence, and that names in it are escaped.
#include "compare/report/baseline_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace warpgauge {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(RoundProblemText, OfNothingMeasured) {
  EXPECT_EQ(round_problem_text(round_problem::NothingMeasured{}),
            "no case was measured, all were skipped; the results say why");
}

TEST(RoundProblemText, OfSeveralRounds) {
  EXPECT_EQ(round_problem_text(round_problem::SeveralRounds{}),
            "the files are of several rounds, or have no dates; give the processes of one boot within an "
            "hour (--date "
            "sets the date of files without one)");
}

TEST(RoundProblemText, OfARoundThatIsAlreadyIn) {
  EXPECT_EQ(round_problem_text(round_problem::AlreadyIn{"2026-11-20T10:00:00+00:00"}),
            "already in the baseline: a stored round has this date, 2026-11-20T10:00:00+00:00; measure a new "
            "round");
  EXPECT_EQ(round_problem_text(round_problem::AlreadyIn{}),
            "already in the baseline: a stored round has this name; measure a new round");
}

TEST(RoundProblemText, OfAnUndatedRound) {
  EXPECT_EQ(round_problem_text(round_problem::Undated{}),
            "the results have neither a date nor a round, so they may be in the baseline already; give "
            "--date, when "
            "they were measured");
}

TEST(RoundProblemText, OfADateThatIsNone) {
  EXPECT_EQ(round_problem_text(round_problem::BadDate{"9999-11-20\n"}),
            "'9999-11-20\\x0a' is not a date when a benchmark can have run; check the clock of the machine");
}

TEST(RoundProblemText, OfARoundBeforeTheLast) {
  EXPECT_EQ(
      round_problem_text(round_problem::BeforeLast{"2026-11-01", "2026-11-02"}),
      "measured on 2026-11-01, before the baseline's last round (2026-11-02); bless rounds in their order");
}

TEST(RoundProblemText, OfARoundUnderAnHourNamesABootOnlyIfItIsKnown) {
  EXPECT_EQ(round_problem_text(round_problem::UnderAnHour{"2026-11-02", 30, true}),
            "under an hour old: measured 30 min after the last round (2026-11-02) on the same boot; wait an "
            "hour, or "
            "restart the machine");
  EXPECT_EQ(round_problem_text(round_problem::UnderAnHour{"2026-11-02", 0, false}),
            "under an hour old: measured 0 min after the last round (2026-11-02); wait an hour");
}

TEST(EditProblemText, OfARenameWithoutItsCase) {
  EXPECT_EQ(edit_problem_text(edit_problem::NothingToRename{"a\x1b=b"}),
            "--rename 'a\\x1b=b': the baseline has no such case; give OLD=NEW");
}

TEST(EditProblemText, OfAnEmptyNewName) {
  EXPECT_EQ(edit_problem_text(edit_problem::EmptyNewName{"a="}),
            "--rename 'a=': the new name is empty; give OLD=NEW");
}

TEST(EditProblemText, OfANewNameThatIsTaken) {
  EXPECT_EQ(edit_problem_text(edit_problem::NewNameTaken{"a=b", "b"}),
            "--rename 'a=b': the baseline already has a case 'b'; remove it first");
}

TEST(EditProblemText, OfAnExpressionWithoutAMatch) {
  EXPECT_EQ(edit_problem_text(edit_problem::MatchesNothing{edit_problem::Flag::accept}),
            "--accept matches no case of the baseline; check the expression");
  EXPECT_EQ(edit_problem_text(edit_problem::MatchesNothing{edit_problem::Flag::remove}),
            "--remove matches no case of the baseline; check the expression");
}

TEST(EditProblemText, OfARemovedCaseThatIsMeasured) {
  EXPECT_EQ(edit_problem_text(edit_problem::StillMeasured{"a"}),
            "--remove matches 'a', which head still measures; --accept restarts a case");
}

TEST(EditProblemText, OfAnAcceptedCaseThatIsNotMeasured) {
  EXPECT_EQ(edit_problem_text(edit_problem::NotMeasured{"a"}),
            "--accept matches 'a', which head does not measure; --remove removes a case");
}

TEST(HistoryNoteText, OfAShallowClone) {
  EXPECT_EQ(history_note_text(history_note::ShallowClone{}),
            "the clone is shallow, older rounds are missing; `git fetch --unshallow` gets them");
}

TEST(HistoryNoteText, OfChangesThatAreNotCommitted) {
  EXPECT_EQ(history_note_text(history_note::NotCommitted{}), "the file has changes that are not committed");
}

TEST(HistoryNoteText, OfAnInvalidVersion) {
  EXPECT_EQ(history_note_text(history_note::InvalidVersion{"c0ffee:a.json: is empty\x1b"}),
            "skipped: c0ffee:a.json: is empty\\x1b");
}

TEST(HistoryNoteText, OfOtherVersions) {
  EXPECT_EQ(history_note_text(history_note::OtherVersions{1}),
            "skipped: 1 version with another metric, statistic or machine than the file has now");
  EXPECT_THAT(history_note_text(history_note::OtherVersions{3}), HasSubstr("skipped: 3 versions"));
}

TEST(HistoryNoteText, OfCasesThatAreGone) {
  EXPECT_EQ(history_note_text(history_note::GoneCases{2}),
            "older versions have 2 cases that the file no longer has");
}

TEST(DriftWords, NameTheCasesAndWhatToDo) {
  EXPECT_EQ(drift_refusal(std::vector<Drift>{{"a\x1b", "", 1.1, 5}, {"b", "", 1.05, 7}}),
            "the baseline would drift; latest round against the oldest:\n  +10.0 % over 5 rounds  a\\x1b\n  "
            "+5.00 % "
            "over 7 rounds  b\nfind what made these cases slower; --accept RE takes in an intended change, "
            "and restarts "
            "the case\n");
}

TEST(DriftWords, ListAtMostTwentyCases) {
  const std::vector<Drift> many(23, Drift{"a", "", 1.1, 5});
  const std::string text = drift_refusal(many);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 23);
  EXPECT_THAT(text, HasSubstr("  and 3 more\n"));
  EXPECT_THAT(drift_refusal(std::vector<Drift>(20, Drift{"a", "", 1.1, 5})), Not(HasSubstr("more\n")));
}

}  // namespace
}  // namespace warpgauge
