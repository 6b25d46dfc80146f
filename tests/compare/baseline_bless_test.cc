#include "compare/baseline/bless.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/diagnostic.h"
#include "compare/baseline/folder_name.h"
#include "tests/compare/baseline_test_support.h"

namespace warpgauge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

Baseline make_baseline() {
  Baseline baseline;
  baseline.identity = {{"cpu_model", "143"}};
  baseline.rounds = {make_round(1), make_round(2)};
  baseline.cases = {{"a", {100.0, 101.5}}, {"b=c", {std::nullopt, 7.25}}};
  baseline.history = {{"accept", {"a"}, "better \"rounding\"\n", "2026-11-01T10:00:00+00:00", "c01"}};
  return baseline;
}

Cell cell_of(const std::string& name, CellVerdict verdict, double value) {
  Cell cell;
  cell.name = name;
  cell.verdict = verdict;
  cell.head.value = value;
  return cell;
}

Comparison comparison_of(std::vector<Cell> cells) {
  Comparison comparison;
  comparison.cells = std::move(cells);
  return comparison;
}

TEST(BaselineFile, RoundTripsToTheByte) {
  const std::string text = format_baseline(make_baseline());
  const Baseline parsed = parse_baseline(text, "x.json");
  EXPECT_EQ(format_baseline(parsed), text);
  EXPECT_EQ(parsed.cases, make_baseline().cases);
  EXPECT_EQ(parsed.history.at(0).reason, make_baseline().history.at(0).reason);
  EXPECT_EQ(parsed.rounds.at(1).environment.at("driver"), "550");
}

TEST(BaselineFile, HasOneCaseALine) {
  EXPECT_THAT(format_baseline(make_baseline()),
              HasSubstr("\n  {\"name\":\"a\",\"values\":{\"real_time\":[100.0,101.5]}},\n"));
}

TEST(BaselineFile, SaysWhereItIsWrong) {
  const std::string good = format_baseline(make_baseline());
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  const auto expect = [](const std::string& text, const std::string& place) {
    EXPECT_THAT([&] { (void)parse_baseline(text, "x.json"); }, ThrowsMessage<Diagnostic>(HasSubstr(place)));
  };
  expect(with("baseline/2", "baseline/9"), "x.json: schema: ");
  expect(with("101.5", "-1"), "x.json: cases[0] a.values.real_time[1]: -1 is not greater than 0");
  expect(with(",101.5", ""),
         "x.json: cases[0] a.values.real_time: expected one number for each of 2 rounds, found 1");
  expect(with("[null,7.25]", "[null,null]"), "x.json: cases[1] b=c.values.real_time: all numbers are null");
  expect(with("\"b=c\"", "\"a\""), "x.json: cases[1] a: an earlier case has the same name");
  expect(with("q25", "q99"),
         "x.json: rounds[0].statistic: expected one of \"min\", \"q10\", \"q25\", \"q50\", found \"q99\"");
  expect(with("\"identity\"", "\"identify\""),
         "x.json: identify: unknown key; known keys here: schema, metrics, identity");
  expect(with("\"boot\":\"b\"", "\"boot\":7"), "x.json: rounds[0].boot: expected a string, found a number");
  expect(with("101.5", "\"much\""),
         "x.json: cases[0].values.real_time[1]: expected a number, found a string");
  expect(with("101.5", "1e999"),
         "x.json: cases[0].values.real_time[1]: expected a finite number, found 1e999");
  expect(with("\"lower\"", "\"sideways\""),
         "x.json: metrics[0].better: expected one of \"lower\", \"higher\"");
  expect(with("\"reason\":\"nightly\",", ""), "x.json: rounds[0].reason: is missing");
  expect(with("\"q25\"", "\"q10\""), "x.json: rounds[1].statistic: is q25, but rounds[0] has q10");
  expect(with("\"processes\":3", "\"processes\":1e300"),
         "x.json: rounds[0].processes: expected a whole number from 1 to 9007199254740992, found 1e300");
  expect(with("\"action\":\"accept\"", "\"action\":\"ignore\""),
         "x.json: history[0].action: expected one of \"accept\"");
  expect(with("\"action\":\"accept\"", "\"action\":\"rename\""),
         "x.json: history[0].cases: expected the old and the new name, found 1 name");
  Baseline none = make_baseline();
  none.rounds.clear();
  expect(format_baseline(none), "x.json: rounds: is empty; restore the file from git");
  Baseline many = make_baseline();
  many.rounds.assign(kMaxRounds + 1, make_round(1));
  expect(format_baseline(many), "x.json: rounds: has 21 accepted rounds, more than 20");
  expect(with("\"accepted\"", "\"lost\""),
         "rounds[0].state: expected one of \"accepted\", \"refused\", \"noise\", found \"lost\"");
  expect(with("\"real_time\":[", "\"cpu_time\":["), "x.json: cases[0] a.values.real_time: is missing");
  expect(with("\"real_time\":[100.0", "\"cpu_time\":[1.0,2.0],\"real_time\":[100.0"),
         "x.json: cases[0] a.values.cpu_time: is not one of the metrics");
  Baseline refused = make_baseline();
  refused.rounds[1].state = RoundState::refused;
  expect(format_baseline(refused),
         "x.json: cases[1] b=c.values.real_time: no number is of an accepted round");
  refused.rounds[0].state = RoundState::noise;
  expect(format_baseline(refused), "x.json: rounds: none is accepted");
  refused.rounds[0].noise = {"a"};
  expect(format_baseline(refused), "x.json: rounds[0].noise: names cases, but no value of the round counts");
  expect(good.substr(0, good.size() / 2), "found the end of the file");
  expect("version https://git-lfs.github.com/spec/v1\n", "x.json");
}

TEST(BaselineFile, VersionOneIsReadAndWrittenAsVersionTwo) {
  const std::string one =
      R"({"schema": "warpgauge/baseline/1", "metric": {"name": "real_time", "better": "lower"},
    "identity": {"cpu_model": "143"}, "rounds": [{"round": "b-01", "boot": "b", "date": "2026-11-01T10:00:00+00:00",
    "commit": "c01", "reason": "nightly", "statistic": "q25", "processes": 3, "state": {"driver": "550"}}],
    "cases": [{"name": "a", "numbers": [100.0]}], "history": []})";
  const Baseline parsed = parse_baseline(one, "x.json");
  EXPECT_EQ(parsed.rounds.at(0).state, RoundState::accepted);
  EXPECT_EQ(parsed.rounds.at(0).environment.at("driver"), "550");
  EXPECT_THAT(parsed.cases.at("a"), ElementsAre(100.0));
  const std::string two = format_baseline(parsed);
  EXPECT_THAT(two, HasSubstr("warpgauge/baseline/2"));
  EXPECT_EQ(format_baseline(parse_baseline(two, "x.json")), two);
}

TEST(BaselineFile, ValuesOfSeveralMetricsAreKept) {
  Baseline baseline = make_baseline();
  baseline.others = {{{"cpu_time", Better::lower}, {{"a", {90.0, std::nullopt}}}}};
  baseline.rounds[0].noise = {"b=c"};
  baseline.rounds[1].failed = {"x", "y"};
  const std::string text = format_baseline(baseline);
  EXPECT_THAT(text, HasSubstr("\"values\":{\"real_time\":[100.0,101.5],\"cpu_time\":[90.0,null]}"));
  Baseline parsed = parse_baseline(text, "x.json");
  EXPECT_EQ(format_baseline(parsed), text);
  add_round(parsed, make_round(3), comparison_of({cell_of("a", CellVerdict::unchanged, 99)}));
  EXPECT_THAT(parsed.others[0].cases.at("a"), ElementsAre(90.0, std::nullopt, std::nullopt));
  EXPECT_TRUE(select_metric(parsed, {"cpu_time", Better::lower}));
  EXPECT_THAT(parsed.cases.at("a"), ElementsAre(90.0, std::nullopt, std::nullopt));
  EXPECT_FALSE(select_metric(parsed, {"tflops", Better::higher}));
}

TEST(BaselineFile, WhereHigherIsBetterReciprocalsAreStored) {
  Baseline baseline = make_baseline();
  baseline.metric = {"tflops", Better::higher};
  const Baseline parsed = parse_baseline(format_baseline(baseline), "x.json");
  EXPECT_EQ(parsed.metric.better, Better::higher);
  EXPECT_THAT(stored_numbers(parsed, "a"), ElementsAre(-std::log(100.0), -std::log(101.5)));
  const std::vector<double> late = stored_numbers(parsed, "b=c");
  EXPECT_TRUE(std::isnan(late[0]));
  EXPECT_EQ(late[1], -std::log(7.25));
}

TEST(BaselineFile, AsASideHasTheLastRoundsStateAndAllNumbers) {
  const ResultSet results = side_of(make_baseline(), "x.json").results;
  ASSERT_EQ(results.processes.size(), 1u);
  EXPECT_EQ(results.processes[0].context.info.at("commit"), "c02");
  ASSERT_EQ(results.processes[0].cases.size(), 2u);
  EXPECT_EQ(results.processes[0].cases[0].repetitions.size(), 2u);
  EXPECT_EQ(results.processes[0].cases[1].repetitions.size(), 1u);
}

TEST(AddRound, AppendsANumberForEachCase) {
  Baseline baseline = make_baseline();
  add_round(baseline, make_round(3),
            comparison_of({cell_of("a", CellVerdict::unchanged, 99), cell_of("new", CellVerdict::added, 5)}));
  EXPECT_THAT(baseline.cases.at("a"), ElementsAre(100.0, 101.5, 99.0));
  EXPECT_THAT(baseline.cases.at("b=c"), ElementsAre(std::nullopt, 7.25, std::nullopt));
  EXPECT_THAT(baseline.cases.at("new"), ElementsAre(std::nullopt, std::nullopt, 5.0));
}

TEST(AddRound, AConfirmedImprovementDropsTheOlderRoundsOfItsCase) {
  Baseline baseline = make_baseline();
  add_round(
      baseline, make_round(3),
      comparison_of({cell_of("a", CellVerdict::improvement, 80), cell_of("b=c", CellVerdict::unchanged, 7)}));
  // Round 1 counts for nobody any more.
  EXPECT_THAT(baseline.cases.at("a"), ElementsAre(std::nullopt, 80.0));
  EXPECT_THAT(baseline.cases.at("b=c"), ElementsAre(7.25, 7.0));
  EXPECT_EQ(baseline.history.back().action, "tighten");
  EXPECT_THAT(baseline.history.back().cases, ElementsAre("a"));
}

// One lucky round is one number among others; it does not become the baseline.
TEST(AddRound, ALuckyRoundDoesNotRatchet) {
  Baseline baseline = make_baseline();
  add_round(baseline, make_round(3), comparison_of({cell_of("a", CellVerdict::inconclusive, 90)}));
  EXPECT_THAT(baseline.cases.at("a"), ElementsAre(100.0, 101.5, 90.0));
}

TEST(AddRound, KeepsTwentyRounds) {
  Baseline baseline;
  for (int day = 1; day <= 25; ++day) {
    add_round(baseline, make_round(day),
              comparison_of({cell_of("a", day == 1 ? CellVerdict::added : CellVerdict::unchanged, day)}));
  }
  ASSERT_EQ(baseline.rounds.size(), kMaxRounds);
  EXPECT_EQ(baseline.rounds.front().commit, "c06");
  EXPECT_EQ(baseline.cases.at("a").front(), 6.0);
}

TEST(AddRound, ACaseThatNoRoundKnowsAnyMoreGoesAndIsRecorded) {
  Baseline baseline = make_baseline();
  for (int day = 3; day <= 25; ++day)
    add_round(baseline, make_round(day), comparison_of({cell_of("a", CellVerdict::unchanged, 1)}));
  EXPECT_FALSE(baseline.cases.contains("b=c"));
  EXPECT_EQ(baseline.history.back().action, "remove");
}

Cell failed_cell(const std::string& name) {
  Cell cell = cell_of(name, CellVerdict::failed, 0);
  cell.why = Failed{Side::head, "h.json", "wrong"};
  return cell;
}

Cell two_speed_cell(const std::string& name, double value) {
  Cell cell = cell_of(name, CellVerdict::inconclusive, value);
  cell.why = NotProved{false, TwoSpeeds{100, 150, 2}};
  return cell;
}

TEST(SetState, CasesThatFailedOnBothSidesHaveFailed) {
  BaselineRound round = make_round(3);
  Cell both = failed_cell("a"), in_base = failed_cell("c");
  both.why = Failed{.side = Side::base, .file = "b", .message = "wrong", .on_both_sides = true};
  in_base.why = Failed{Side::base, "b", "wrong"};
  set_state(round, comparison_of({both, in_base}), {}, true);
  EXPECT_THAT(round.failed, ElementsAre("a"));
}

TEST(SetState, CasesAtAKnownSlowSpeedAndNamedOnesAreNoise) {
  BaselineRound round = make_round(3);
  const Comparison comparison =
      comparison_of({two_speed_cell("a", 150), cell_of("b=c", CellVerdict::inconclusive, 9),
                     cell_of("d", CellVerdict::unchanged, 5), failed_cell("e")});
  set_state(round, comparison, {"b=c"}, true);
  EXPECT_EQ(round.state, RoundState::accepted);
  EXPECT_THAT(round.noise, ElementsAre("a", "b=c"));
  EXPECT_THAT(round.failed, ElementsAre("e"));
  set_state(round, comparison, {"b=c", "d", "e"}, true);
  EXPECT_EQ(round.state, RoundState::noise);
  EXPECT_TRUE(round.noise.empty());
  set_state(round, comparison, {}, false);
  EXPECT_EQ(round.state, RoundState::refused);
}

TEST(AddRound, ARefusedRoundIsKeptButNothingJoinsOrTightens) {
  Baseline baseline = make_baseline();
  BaselineRound round = make_round(3);
  round.state = RoundState::refused;
  add_round(
      baseline, round,
      comparison_of({cell_of("a", CellVerdict::regression, 150), cell_of("b=c", CellVerdict::improvement, 5),
                     cell_of("new", CellVerdict::added, 5)}));
  EXPECT_THAT(baseline.cases.at("a"), ElementsAre(100.0, 101.5, 150.0));
  EXPECT_THAT(baseline.cases.at("b=c"), ElementsAre(std::nullopt, 7.25, 5.0));
  EXPECT_FALSE(baseline.cases.contains("new"));
  EXPECT_EQ(baseline.history.size(), make_baseline().history.size());
  EXPECT_EQ(format_baseline(parse_baseline(format_baseline(baseline), "x.json")), format_baseline(baseline));
}

TEST(AddRound, TheSameRoundReplacesItsRefusal) {
  Baseline baseline = make_baseline();
  BaselineRound refused = make_round(3);
  refused.state = RoundState::refused;
  const Comparison comparison = comparison_of({cell_of("a", CellVerdict::regression, 150)});
  add_round(baseline, refused, comparison);
  add_round(baseline, make_round(3), comparison);
  EXPECT_EQ(baseline.rounds.size(), 3u);
  EXPECT_EQ(baseline.rounds.back().state, RoundState::accepted);
}

TEST(AddRound, ARoundWithinAnHourReplacesARefusal) {
  const auto rounds_after = [](const std::string& time, const std::string& boot) {
    Baseline baseline = make_baseline();
    BaselineRound refused = make_round(3);
    refused.state = RoundState::refused;
    const Comparison comparison = comparison_of({cell_of("a", CellVerdict::regression, 150)});
    add_round(baseline, refused, comparison);
    BaselineRound later = make_round(3, boot);
    later.date = "2026-11-03T" + time + ":00+00:00";
    later.round = "later";
    add_round(baseline, later, comparison);
    return baseline.rounds.size();
  };
  EXPECT_EQ(rounds_after("10:59", "b"), 3u);
  EXPECT_EQ(rounds_after("11:00", "b"), 4u) << "an hour later";
  EXPECT_EQ(rounds_after("09:59", "b"), 4u) << "earlier";
  EXPECT_EQ(rounds_after("10:59", "other"), 4u) << "after another boot";
}

TEST(AddRound, RefusedRoundsDoNotPushOutAcceptedOnes) {
  Baseline baseline = make_baseline();
  for (int day = 3; day <= 28; ++day) {
    BaselineRound round = make_round(day);
    round.state = RoundState::refused;
    add_round(baseline, round, comparison_of({cell_of("a", CellVerdict::regression, 150)}));
  }
  EXPECT_EQ(baseline.rounds.size(), 2 + kMaxRounds);
  EXPECT_EQ(baseline.rounds.front().commit, "c01");
}

TEST(EditBaseline, RenameKeepsTheNumbersAndIsRecorded) {
  Baseline baseline = make_baseline();
  EXPECT_FALSE(edit_baseline(baseline,
                             {.accept = {}, .remove = {}, .renames = {"b=c=d=e"}, .reason = "clearer"},
                             {"a", "d=e"}, make_round(3)));
  EXPECT_THAT(baseline.cases.at("d=e"), ElementsAre(std::nullopt, 7.25));
  EXPECT_EQ(baseline.history.back().action, "rename");
  EXPECT_THAT(baseline.history.back().cases, ElementsAre("b=c", "d=e"));
  EXPECT_EQ(baseline.history.back().reason, "clearer");
}

TEST(EditBaseline, RenameTakesNoiseAndFailuresAlong) {
  Baseline baseline = make_baseline();
  baseline.rounds[1].noise = {"a"};
  baseline.rounds[0].failed = {"a", "b=c"};
  EXPECT_FALSE(edit_baseline(baseline, {.accept = {}, .remove = {}, .renames = {"a=z"}, .reason = "clearer"},
                             {"z", "b=c"}, make_round(3)));
  EXPECT_THAT(baseline.rounds[1].noise, ElementsAre("z"));
  EXPECT_THAT(baseline.rounds[0].failed, ElementsAre("b=c", "z"));
}

TEST(EditBaseline, AcceptRestartsTheCase) {
  Baseline baseline = make_baseline();
  EXPECT_FALSE(edit_baseline(baseline,
                             {.accept = NameFilter("^a$"), .remove = {}, .renames = {}, .reason = "meant"},
                             {"a", "b=c"}, make_round(3)));
  EXPECT_FALSE(baseline.cases.contains("a"));
  add_round(
      baseline, make_round(3),
      comparison_of({cell_of("a", CellVerdict::added, 150), cell_of("b=c", CellVerdict::unchanged, 7)}));
  EXPECT_THAT(baseline.cases.at("a"), ElementsAre(std::nullopt, 150.0));
  EXPECT_EQ(baseline.history.back().reason, "meant");
}

template <class Kind>
bool is(const std::optional<EditProblem>& problem) {
  return problem && std::holds_alternative<Kind>(*problem);
}

TEST(EditBaseline, WhatMatchesNothingOrContradictsIsAProblem) {
  using namespace edit_problem;
  const auto edit = [](std::optional<NameFilter> accept, std::optional<NameFilter> remove,
                       std::vector<std::string> renames) {
    Baseline baseline = make_baseline();
    return edit_baseline(baseline,
                         {.accept = std::move(accept),
                          .remove = std::move(remove),
                          .renames = std::move(renames),
                          .reason = "x"},
                         {"a"}, make_round(3));
  };
  const auto nothing = edit(NameFilter("nobody"), {}, {});
  ASSERT_TRUE(is<MatchesNothing>(nothing));
  EXPECT_EQ(std::get<MatchesNothing>(*nothing).flag, Flag::accept);
  EXPECT_TRUE(is<NotMeasured>(edit(NameFilter("b=c"), {}, {})));
  EXPECT_TRUE(is<MatchesNothing>(edit({}, NameFilter("nobody"), {})));
  EXPECT_TRUE(is<StillMeasured>(edit({}, NameFilter("^a$"), {})));
  EXPECT_TRUE(is<NothingToRename>(edit({}, {}, {"nobody=x"})));
  EXPECT_TRUE(is<NewNameTaken>(edit({}, {}, {"a=b=c"})));
  EXPECT_TRUE(is<EmptyNewName>(edit({}, {}, {"a="})));
  EXPECT_FALSE(edit({}, NameFilter("b=c"), {}));
}

TEST(Fingerprint, ReadsLikeTheMachineAndDiffersWithEveryPartOfIt) {
  std::map<std::string, std::string> identity = {{"cpu_vendor", "GenuineIntel"},
                                                 {"cpu_family", "6"},
                                                 {"cpu_model", "143"},
                                                 {"cpu_stepping", "8"},
                                                 {"threads", "2"}};
  const std::string name = fingerprint_name(identity);
  EXPECT_TRUE(name.starts_with("cpu-intel-6-143-8-2t-")) << name;
  identity["cpu_l3_bytes"] = "1";
  EXPECT_NE(fingerprint_name(identity), name);
  EXPECT_TRUE(fingerprint_name({{"gpu_name", "NVIDIA H200"}}).starts_with("gpu-nvidia-h200-"));
  EXPECT_TRUE(fingerprint_name({{"cpu_vendor", "AuthenticAMD"}, {"cpu_model", "(9654)!"}})
                  .starts_with("cpu-amd-9654-"));
  EXPECT_TRUE(fingerprint_name({{"cpu_vendor", "--[]{}"}}).starts_with("cpu-"))
      << "a name of nothing but marks";
  EXPECT_NE(fingerprint_name({{"a", "bc"}}), fingerprint_name({{"ab", "c"}}));
  EXPECT_TRUE(is_plain_name(fingerprint_name({{"gpu_name", "../../etc/passwd\n" + std::string(500, 'x')}})));
}

TEST(Fingerprint, NamesThatLeaveTheFolderAreRefused) {
  for (const char* bad :
       {"", ".", "..", "../x", "a/b", ".hidden", "a b", "a\n", "a:b", "a@b", "a[b", "a`b", "a{b", "\xff"})
    EXPECT_FALSE(is_plain_name(bad)) << bad;
  EXPECT_TRUE(is_plain_name(std::string(128, 'Z')));
  EXPECT_FALSE(is_plain_name(std::string(129, 'Z')));
  EXPECT_TRUE(is_plain_name("cpu-1_2.x"));
}

}  // namespace
}  // namespace warpgauge
