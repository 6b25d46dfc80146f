#include "compare/baseline/round.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "base/date.h"
#include "compare/decide/rounds.h"
#include "tests/compare/baseline_test_support.h"

namespace warpgauge {
namespace {

using testing::ElementsAre;
using namespace round_problem;

Process process_at(const std::string& date, std::optional<std::string> round) {
  Process process;
  process.context.info = {{"date", date}, {"commit", "abc"}};
  process.context.round = std::move(round);
  process.cases.push_back(
      {.name = "a", .raw_name = "a", .repetitions = {{1, {}}}, .failure = {}, .skip_reason = {}});
  return process;
}

template <class Kind>
bool is(const std::optional<RoundProblem>& problem) {
  return problem && std::holds_alternative<Kind>(*problem);
}

std::optional<RoundProblem> problem_of(const Process& process, const std::vector<BaselineRound>& stored) {
  const ResultSet results{{process}};
  return problem_with_round(results, describe_round(results, "q25"), stored);
}

TEST(ParseDate, TakesWhatGoogleBenchmarkWrites) {
  EXPECT_EQ(parse_date("1970-01-02T00:00:00+00:00"), 86400);
  EXPECT_EQ(parse_date("1970-01-01T01:00:00+01:00"), 0);
  EXPECT_EQ(parse_date("1969-12-31T20:30:00-03:30"), 0);
  EXPECT_EQ(parse_date("1970-01-01 00:00:10"), 10);
  EXPECT_EQ(parse_date("1970-01-01T00:00:10Z"), 10);
  for (const char* bad : {"",
                          "yesterday",
                          "2026-13-01T00:00:00Z",
                          "2026-11-20T10:00",
                          "2026-11-20T10:00:00+1",
                          "20x6-11-20T10:00:00Z",
                          "-026-11-20T10:00:00Z",
                          "2026-11-20T10:00:00x",
                          "2026-11-20T10:00:00+01",
                          "2026-11-20T25:61:61Z",
                          "2026-11-20T24:00:00Z",
                          "2026-11-20T10:60:00Z",
                          "2026-11-20T10:00:61Z",
                          "9999-11-20T10:00:00Z",
                          "2200-01-01T00:00:00Z",
                          "1899-12-31T00:00:00Z",
                          "2026/11/20T10:00:00Z",
                          "2026-11-20x10:00:00Z",
                          "2026-11-20T10.00.00Z",
                          "2026-11-20T10:00:00+24:00",
                          "2026-11-20T10:00:00+01:60",
                          "2026-11-20T10:00:00+01:00x",
                          "2026-11-20T10:00:00+010",
                          "2026-11-20T10:00:00+x1:00",
                          "2026-11-20T10:00:00+01:x0",
                          "2026-11-20T10:00:00+01x"}) {
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

TEST(Rounds, FilesWithoutARoundAreOneIfTheirDatesAreWithinAnHour) {
  const auto problem = [](const char* first, const char* second) {
    const ResultSet results{{process_at(first, {}), process_at(second, {})}};
    return problem_with_round(results, describe_round(results, "q25"), {});
  };
  EXPECT_FALSE(problem("2026-11-20T10:00:00Z", "2026-11-20T10:59:59Z"));
  EXPECT_TRUE(is<SeveralRounds>(problem("2026-11-20T10:00:00Z", "2026-11-20T11:00:00Z")));
  EXPECT_TRUE(is<SeveralRounds>(problem("2026-11-20T10:00:00Z", "")));
}

TEST(Rounds, TheDateIsTheLatestThatIsKnown) {
  const ResultSet results{{process_at("", "b-1"), process_at("2026-11-20T10:30:00Z", "b-1"),
                           process_at("2026-11-20T10:00:00Z", "b-1"), process_at("", "b-1")}};
  EXPECT_EQ(describe_round(results, "q25").date, "2026-11-20T10:30:00Z");
}

// Stored, it would make every later round "before the last one".
TEST(ProblemWithRound, ADateThatIsNoneIsRefused) {
  for (const char* date : {"9999-11-20T10:00:00Z", "2026-11-20T25:61:61Z", "yesterday"}) {
    const auto problem = problem_of(process_at(date, "b-77"), {make_round(2)});
    ASSERT_TRUE(is<BadDate>(problem)) << date;
    EXPECT_EQ(std::get<BadDate>(*problem).date, date);
    EXPECT_TRUE(is<BadDate>(problem_of(process_at(date, "b-77"), {}))) << "in the first round, too";
  }
}

TEST(ProblemWithRound, WithoutDatesOnlyNamesAreCompared) {
  const BaselineRound last = make_round(2);
  EXPECT_FALSE(problem_of(process_at("", "b-77"), {last}));
  EXPECT_TRUE(is<AlreadyIn>(problem_of(process_at("", "b-02"), {last})));
  BaselineRound undated_last = last;
  undated_last.date.clear();
  EXPECT_FALSE(problem_of(process_at("2026-11-02T10:30:00+00:00", "b-77"), {undated_last}));
  EXPECT_TRUE(is<AlreadyIn>(problem_of(process_at("2026-11-02T10:30:00+00:00", "b-02"), {undated_last})));
}

// Files without a date, blessed again and again, would be rounds that do not deviate.
TEST(ProblemWithRound, WithNeitherDateNorRoundItMayBeInAlready) {
  Process nameless = process_at("", {});
  BaselineRound nameless_last = make_round(2);
  EXPECT_FALSE(problem_of(nameless, {}));
  EXPECT_TRUE(is<Undated>(problem_of(nameless, {nameless_last})));
  nameless_last.round = nameless_last.boot = nameless_last.date = "";
  EXPECT_TRUE(is<Undated>(problem_of(nameless, {nameless_last})));
  nameless.context.round = "";
  EXPECT_TRUE(is<Undated>(problem_of(nameless, {nameless_last})));
  ResultSet dated{{nameless}};
  date_results(dated, "2026-11-03T10:00:00Z");
  EXPECT_FALSE(problem_of(dated.processes.front(), {nameless_last}));
}

TEST(ProblemWithRound, AnUndatedRoundMayNotComeBackAfterAnother) {
  std::vector<BaselineRound> stored{make_round(1), make_round(2)};
  for (BaselineRound& round : stored) round.date.clear();
  EXPECT_TRUE(is<AlreadyIn>(problem_of(process_at("", "b-01"), stored)));
}

TEST(DateResults, RefusesWhatIsNoneAndWhatIsToldAlready) {
  ResultSet undated{{process_at("", {})}}, dated{{process_at("2026-11-02T10:00:00Z", {})}};
  EXPECT_THROW(date_results(undated, "yesterday"), std::invalid_argument);
  EXPECT_THROW(date_results(dated, "2026-11-03T10:00:00Z"), std::invalid_argument);
  date_results(undated, "2026-11-03T10:00:00Z");
  EXPECT_EQ(describe_round(undated, "q25").date, "2026-11-03T10:00:00Z");
}

// A round's name holds boot and hour, so a new round half an hour later often has the last one's name.
TEST(ProblemWithRound, UnderAnHourOnTheSameBoot) {
  for (const char* name : {"b-02", "b-77"}) {
    const auto problem = problem_of(process_at("2026-11-02T10:30:00+00:00", name), {make_round(2)});
    ASSERT_TRUE(is<UnderAnHour>(problem)) << name;
    EXPECT_EQ(std::get<UnderAnHour>(*problem).minutes, 30);
    EXPECT_EQ(std::get<UnderAnHour>(*problem).last_date, make_round(2).date);
    EXPECT_TRUE(std::get<UnderAnHour>(*problem).same_boot);
  }
  EXPECT_FALSE(problem_of(process_at("2026-11-02T10:30:00+00:00", "b-77"), {make_round(2, "other")}));
  EXPECT_FALSE(problem_of(process_at("2026-11-02T11:00:00+00:00", "b-78"), {make_round(2)}));
}

TEST(ProblemWithRound, OfAnUnknownBootNothingIsSaid) {
  BaselineRound bootless = make_round(2);
  bootless.boot.clear();
  const auto unknown_before = problem_of(process_at("2026-11-02T10:30:00+00:00", "b-77"), {bootless});
  ASSERT_TRUE(is<UnderAnHour>(unknown_before));
  EXPECT_FALSE(std::get<UnderAnHour>(*unknown_before).same_boot);
  const auto unknown_now = problem_of(process_at("2026-11-02T10:30:00+00:00", {}), {make_round(2)});
  ASSERT_TRUE(is<UnderAnHour>(unknown_now));
  EXPECT_FALSE(std::get<UnderAnHour>(*unknown_now).same_boot);
}

TEST(ProblemWithRound, TheSameRoundAgain) {
  const std::vector<BaselineRound> stored{make_round(1), make_round(2)};
  for (const char* date : {"2026-11-01T10:00:00+00:00", "2026-11-02T11:00:00+01:00"})
    for (const auto& name : {std::optional<std::string>("b-02"), std::optional<std::string>()})
      EXPECT_TRUE(is<AlreadyIn>(problem_of(process_at(date, name), stored))) << date;
}

TEST(ProblemWithRound, AnOlderRound) {
  const auto problem = problem_of(process_at("2026-11-01T12:00:00+00:00", "z-01"), {make_round(2)});
  ASSERT_TRUE(is<BeforeLast>(problem));
  EXPECT_EQ(std::get<BeforeLast>(*problem).last_date, make_round(2).date);
}

TEST(ProblemWithRound, SeveralRoundsOrNoNumber) {
  const ResultSet several{
      {process_at("2026-11-03T10:00:00Z", "b-3"), process_at("2026-11-04T10:00:00Z", "b-4")}};
  EXPECT_TRUE(is<SeveralRounds>(problem_with_round(several, describe_round(several, "q25"), {})));
  Process skipped = process_at("2026-11-03T10:00:00Z", "b-3");
  skipped.cases.front().skip_reason = "no GPU";
  EXPECT_TRUE(is<NothingMeasured>(problem_of(skipped, {})));
  skipped.cases.clear();
  EXPECT_TRUE(is<NothingMeasured>(problem_of(skipped, {})));
}

}  // namespace
}  // namespace warpgauge
