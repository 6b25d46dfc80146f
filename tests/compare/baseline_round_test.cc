#include "compare/baseline/round.h"

#include "base/date.h"
#include "compare/decide/rounds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/compare/baseline_test_support.h"

namespace warpgauge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Process process_at(const std::string& date, std::optional<std::string> round) {
  Process process;
  process.context.info = {{"date", date}, {"commit", "abc"}};
  process.context.round = std::move(round);
  return process;
}

TEST(ParseDate, TakesWhatGoogleBenchmarkWrites) {
  EXPECT_EQ(parse_date("1970-01-02T00:00:00+00:00"), 86400);
  EXPECT_EQ(parse_date("1970-01-01T01:00:00+01:00"), 0);
  EXPECT_EQ(parse_date("1969-12-31T20:30:00-03:30"), 0);
  EXPECT_EQ(parse_date("1970-01-01 00:00:10"), 10);
  EXPECT_EQ(parse_date("1970-01-01T00:00:10Z"), 10);
  for (const char* bad :
       {"", "yesterday", "2026-13-01T00:00:00Z", "2026-11-20T10:00", "2026-11-20T10:00:00+1",
        "20x6-11-20T10:00:00Z", "-026-11-20T10:00:00Z", "2026-11-20T10:00:00x", "2026-11-20T10:00:00+01",
        "2026-11-20T10:00:00+x1:00", "2026-11-20T10:00:00+01:x0", "2026-11-20T10:00:00+01x"}) {
    EXPECT_EQ(parse_date(bad), std::nullopt) << bad;
  }
}

TEST(Rounds, OneBootWithinAnHourIsOneRoundEvenOverTheFullHour) {
  const ResultSet results{{process_at("2026-11-20T10:59:00Z", "b-1"),
                           process_at("2026-11-20T11:01:00Z", "b-2"),
                           process_at("2026-11-20T11:02:00Z", "other-2")}};
  EXPECT_THAT(rounds_of(results), ElementsAre(ElementsAre(0u, 1u), ElementsAre(2u)));
}

TEST(Rounds, AFileThatSaysNothingIsARoundOfItsOwn) {
  const ResultSet results{{process_at("2026-11-20T10:00:00Z", {}), process_at("2026-11-20T10:00:00Z", {})}};
  EXPECT_EQ(rounds_of(results).size(), 2u);
}

TEST(Rounds, TwoNamesAreOneRoundOnOneBootAndCloseInTimeOnly) {
  const auto together = [](const char* boot, const char* date) {
    const ResultSet results{
        {process_at("2026-11-20T10:59:00Z", "b-1"), process_at(date, std::string(boot) + "-2")}};
    return rounds_of(results).size() == 1;
  };
  EXPECT_TRUE(together("b", "2026-11-20T11:30:00Z"));
  EXPECT_FALSE(together("other", "2026-11-20T11:30:00Z"));
  EXPECT_FALSE(together("b", "2026-11-20T11:59:00Z"));
  EXPECT_FALSE(together("b", "some day"));
  const ResultSet first_undated{{process_at("", "b-1"), process_at("2026-11-20T11:30:00Z", "b-2")}};
  EXPECT_EQ(rounds_of(first_undated).size(), 2u);
  const ResultSet half_marked{
      {process_at("2026-11-20T10:59:00Z", "b-1"), process_at("2026-11-20T10:59:00Z", {})}};
  EXPECT_EQ(rounds_of(half_marked).size(), 2u);
}

TEST(Rounds, FilesWithoutAMarkAreOneWhereTheirDatesLieWithinAnHour) {
  const auto refused = [](const char* first, const char* second) {
    const ResultSet results{{process_at(first, {}), process_at(second, {})}};
    return reason_against_round(results, describe_round(results, "q25"), {});
  };
  EXPECT_THAT(refused("2026-11-20T10:00:00Z", "2026-11-20T10:59:59Z"), IsEmpty());
  EXPECT_THAT(refused("2026-11-20T10:00:00Z", "2026-11-20T11:00:00Z"), HasSubstr("several rounds"));
  EXPECT_THAT(refused("2026-11-20T10:00:00Z", ""), HasSubstr("or do not tell"));
}

TEST(Rounds, TheDateIsTheLatestThatIsKnown) {
  const ResultSet results{{process_at("", "b-1"), process_at("2026-11-20T10:30:00Z", "b-1"),
                           process_at("2026-11-20T10:00:00Z", "b-1"), process_at("", "b-1")}};
  EXPECT_EQ(describe_round(results, "q25").date, "2026-11-20T10:30:00Z");
}

TEST(ReasonAgainstRound, WithoutDatesOrBootsNothingIsKnownAgainstIt) {
  const BaselineRound last = make_round(2);
  const ResultSet undated{{process_at("", "b-77")}};
  EXPECT_THAT(reason_against_round(undated, describe_round(undated, "q25"), {&last, 1}), IsEmpty());
  BaselineRound undated_last = last;
  undated_last.date.clear();
  const ResultSet dated{{process_at("2026-11-02T10:30:00+00:00", "b-77")}};
  EXPECT_THAT(reason_against_round(dated, describe_round(dated, "q25"), {&undated_last, 1}), IsEmpty());
  // Another boot is one that is known to be another.
  BaselineRound bootless_last = last;
  bootless_last.boot.clear();
  EXPECT_THAT(reason_against_round(dated, describe_round(dated, "q25"), {&bootless_last, 1}),
              HasSubstr("less than an hour"));
  const ResultSet unmarked{{process_at("2026-11-02T10:30:00+00:00", {})}};
  EXPECT_THAT(reason_against_round(unmarked, describe_round(unmarked, "q25"), {&last, 1}),
              HasSubstr("less than an hour"));
}

// nvbench writes no date: its file blessed again and again would be rounds that deviate by nothing.
TEST(ReasonAgainstRound, WithNeitherDateNorRoundItCannotBeToldFromTheLast) {
  ResultSet nameless{{process_at("", {})}};
  BaselineRound nameless_last = make_round(2);
  EXPECT_THAT(reason_against_round(nameless, describe_round(nameless, "q25"), {}), IsEmpty());
  EXPECT_THAT(reason_against_round(nameless, describe_round(nameless, "q25"), {&nameless_last, 1}),
              HasSubstr("neither a date nor a round"));
  nameless_last.round = nameless_last.boot = nameless_last.date = "";
  EXPECT_THAT(reason_against_round(nameless, describe_round(nameless, "q25"), {&nameless_last, 1}),
              HasSubstr("neither a date nor a round"));
  nameless.processes.front().context.round = "";
  EXPECT_THAT(reason_against_round(nameless, describe_round(nameless, "q25"), {&nameless_last, 1}),
              HasSubstr("neither a date nor a round"));
  date_results(nameless, "2026-11-03T10:00:00Z");
  EXPECT_THAT(reason_against_round(nameless, describe_round(nameless, "q25"), {&nameless_last, 1}),
              IsEmpty());
}

TEST(ReasonAgainstRound, AnUndatedRoundMayNotComeBackAfterAnother) {
  std::vector<BaselineRound> stored{make_round(1), make_round(2)};
  for (BaselineRound& round : stored) round.date.clear();
  const ResultSet undated{{process_at("", "b-01")}};
  EXPECT_THAT(reason_against_round(undated, describe_round(undated, "q25"), stored), HasSubstr("already"));
}

TEST(DateResults, RefusesWhatIsNoneAndWhatIsToldAlready) {
  ResultSet undated{{process_at("", {})}}, dated{{process_at("2026-11-02T10:00:00Z", {})}};
  EXPECT_THROW(date_results(undated, "yesterday"), std::invalid_argument);
  EXPECT_THROW(date_results(dated, "2026-11-03T10:00:00Z"), std::invalid_argument);
  date_results(undated, "2026-11-03T10:00:00Z");
  EXPECT_EQ(describe_round(undated, "q25").date, "2026-11-03T10:00:00Z");
}

TEST(ReasonAgainstRound, TooEarlyOnTheSameBootOnly) {
  const ResultSet results{{process_at("2026-11-02T10:30:00+00:00", "b-77")}};
  const BaselineRound last = make_round(2), other = make_round(2, "other");
  const BaselineRound now = describe_round(results, "q25");
  EXPECT_THAT(reason_against_round(results, now, {&last, 1}), HasSubstr("less than an hour"));
  EXPECT_THAT(reason_against_round(results, now, {&other, 1}), IsEmpty());
  const ResultSet later{{process_at("2026-11-02T11:00:00+00:00", "b-78")}};
  EXPECT_THAT(reason_against_round(later, describe_round(later, "q25"), {&last, 1}), IsEmpty());
}

TEST(ReasonAgainstRound, TwiceTheSameOrOlderOrSeveral) {
  const BaselineRound last = make_round(2);
  const ResultSet again{{process_at("2026-11-02T10:00:00+00:00", "b-02")}};
  EXPECT_THAT(reason_against_round(again, describe_round(again, "q25"), {&last, 1}), HasSubstr("already"));
  const ResultSet older{{process_at("2026-11-01T10:00:00+00:00", "z-01")}};
  EXPECT_THAT(reason_against_round(older, describe_round(older, "q25"), {&last, 1}), HasSubstr("before"));
  const ResultSet several{
      {process_at("2026-11-03T10:00:00Z", "b-3"), process_at("2026-11-04T10:00:00Z", "b-4")}};
  EXPECT_THAT(reason_against_round(several, describe_round(several, "q25"), {}), HasSubstr("several rounds"));
}

}  // namespace
}  // namespace warpgauge
