#include "compare/baseline/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/atomic_file.h"
#include "base/child.h"
#include "base/diagnostic.h"
#include "tests/base/temporary_directory.h"

namespace warpgauge {
namespace {

using testing::Contains;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::ThrowsMessage;

const std::atomic<bool> kNever{false};

BaselineRound round_of(int day) {
  return {.round = "boot-" + std::to_string(day),
          .boot = "boot",
          .date = "2026-11-" + std::string(day < 10 ? "0" : "") + std::to_string(day) + "T10:00:00+00:00",
          .commit = "",
          .reason = "nightly",
          .statistic = "q25",
          .processes = 3,
          .environment = {}};
}

Baseline baseline_of(std::vector<int> days, std::map<std::string, std::vector<std::optional<double>>> cases) {
  Baseline baseline;
  baseline.metric = {"real_time", Better::lower};
  baseline.identity = {{"cpu_model", "143"}};
  for (const int day : days) baseline.rounds.push_back(round_of(day));
  baseline.cases = std::move(cases);
  return baseline;
}

// A repository in a folder of its own, with the baseline baselines/lab/default.json.
class HistoryTest : public testing::Test {
 protected:
  HistoryTest() { std::filesystem::create_directories(file().parent_path()); }

  std::filesystem::path file() const { return folder_ / "baselines/lab/default.json"; }

  void git(std::vector<std::string> words) {
    std::vector<std::string> arguments{"git",
                                       "-C",
                                       folder_.path().string(),
                                       "-c",
                                       "user.name=t",
                                       "-c",
                                       "user.email=t@t",
                                       "-c",
                                       "commit.gpgSign=false"};
    arguments.insert(arguments.end(), words.begin(), words.end());
    const ChildResult result = run_child({"/usr/bin/env", arguments, {}, "", "", 60}, kNever);
    ASSERT_TRUE(result.ok()) << words.front() << ": " << result.describe();
  }
  void write(const std::string& text) { std::ofstream(file()) << text; }
  void commit_text(const std::string& text) {
    write(text);
    git({"add", "--all"});
    git({"commit", "--quiet", "--message", "a round"});
  }
  void commit(const Baseline& baseline) { commit_text(format_baseline(baseline)); }

  // Three commits: two rounds; a tighten of `a`, which drops its older rounds; an accept of `b`, which is by
  // then called `b2`, and the oldest round is gone from the file.
  void commit_three() {
    git({"init", "--quiet"});
    commit(baseline_of({1, 2}, {{"a", {100, 101}}, {"b", {10, 11}}, {"gone", {1, 1}}}));
    Baseline second = baseline_of({1, 2, 3}, {{"a", {std::nullopt, std::nullopt, 80}}, {"b", {10, 11, 10}}});
    second.history = {{"tighten", {"a"}, "confirmed improvement", "2026-11-03T10:00:00+00:00", "c3"}};
    commit(second);
    Baseline third = baseline_of({3, 4}, {{"a", {80, 82}}, {"b2", {std::nullopt, 15}}});
    third.history = second.history;
    third.history.push_back({"rename", {"b", "b2"}, "clearer", "2026-11-04T10:00:00+00:00", "c4"});
    third.history.push_back({"accept", {"b2"}, "more accurate", "2026-11-04T10:00:00+00:00", "c4"});
    commit(third);
  }

  // What `compare trend` prints, after its exit code.
  std::string trend(std::vector<std::string> words = {}, std::vector<std::string> environment = {}) {
    std::vector<std::string> arguments{"trend", "--baseline", (folder_ / "baselines").string()};
    arguments.insert(arguments.end(), words.begin(), words.end());
    const std::string out = (folder_ / "out").string(), errors = (folder_ / "errors").string();
    const ChildResult result =
        run_child({WARPGAUGE_COMPARE, arguments, environment, out, errors, 60}, kNever);
    return result.describe() + "\n" + read_if_there(out).value_or("") + read_if_there(errors).value_or("");
  }

  TemporaryDirectory folder_;
};

TEST_F(HistoryTest, ContainsEveryRoundOnceEvenIfLaterVersionsDroppedIt) {
  commit_three();
  const BaselineTrend trend = trend_of(read_versions(file()));
  ASSERT_THAT(trend.rounds, SizeIs(4));
  EXPECT_EQ(trend.rounds.front().round, "boot-1");
  EXPECT_THAT(trend.cases.at("a"), ElementsAre(100.0, 101.0, 80.0, 82.0));
  ASSERT_THAT(trend.notes, SizeIs(1));
  EXPECT_EQ(std::get<history_note::GoneCases>(trend.notes[0]).cases, 1u);
}

TEST_F(HistoryTest, ARenamedCaseKeepsItsRounds) {
  commit_three();
  const BaselineTrend trend = trend_of(read_versions(file()));
  EXPECT_THAT(trend.cases, SizeIs(2));
  EXPECT_THAT(trend.cases.at("b2"), ElementsAre(10.0, 11.0, 10.0, 15.0));
}

TEST_F(HistoryTest, EventsHaveTheFirstCommitThatHoldsThem) {
  commit_three();
  const BaselineVersions history = read_versions(file());
  const BaselineTrend trend = trend_of(history);
  ASSERT_THAT(trend.events, SizeIs(3));
  EXPECT_EQ(trend.events[0].event.action, "tighten");
  EXPECT_EQ(trend.events[0].commit, history.versions.at(1).commit);
  EXPECT_EQ(trend.events[2].event.action, "accept");
  EXPECT_EQ(trend.events[2].commit, history.versions.at(2).commit);
}

TEST_F(HistoryTest, AFileIsFollowedThroughItsRename) {
  commit_three();
  git({"mv", "baselines/lab", "baselines/lab-1"});
  git({"commit", "--quiet", "--message", "moved"});
  EXPECT_THAT(trend_of(read_versions(folder_ / "baselines/lab-1/default.json")).rounds, SizeIs(4));
}

TEST_F(HistoryTest, BothSidesOfAMergeCount) {
  commit_three();
  git({"checkout", "--quiet", "-b", "side", "HEAD"});
  commit(baseline_of({3, 4, 5}, {{"a", {80, 82, 81}}, {"b2", {std::nullopt, 15, 15}}}));
  git({"checkout", "--quiet", "-"});
  commit(baseline_of({3, 4, 6}, {{"a", {80, 82, 83}}, {"b2", {std::nullopt, 15, 16}}}));
  git({"merge", "--quiet", "--no-commit", "--strategy=ours", "side"});
  commit(baseline_of({3, 4, 5, 6}, {{"a", {80, 82, 81, 83}}, {"b2", {std::nullopt, 15, 15, 16}}}));
  const BaselineVersions history = read_versions(file());
  EXPECT_THAT(history.notes, IsEmpty());
  EXPECT_THAT(trend_of(history).cases.at("a"), ElementsAre(100, 101, 80, 82, 81, 83));
}

TEST_F(HistoryTest, ACopyIsABeginning) {
  commit_three();
  // git looks for the origin of a copy among files that the same commit changed.
  Baseline next = baseline_of({3, 4, 5}, {{"a", {80, 82, 81}}, {"b2", {std::nullopt, 15, 15}}});
  next.history = read_versions(file()).versions.back().baseline.history;
  std::filesystem::create_directories(folder_ / "baselines/other");
  std::filesystem::copy_file(file(), folder_ / "baselines/other/default.json");
  commit(next);
  EXPECT_THAT(trend_of(read_versions(folder_ / "baselines/other/default.json")).rounds, SizeIs(2));
  EXPECT_THAT(trend_of(read_versions(file())).rounds, SizeIs(5));
}

TEST_F(HistoryTest, RelativePathsInTheUsersConfigurationAreIgnored) {
  commit_three();
  git({"config", "diff.relative", "true"});
  EXPECT_THAT(read_versions(file()).versions, SizeIs(3));
}

TEST_F(HistoryTest, WhatIsNotCommittedIsTheLastVersion) {
  commit_three();
  write(format_baseline(baseline_of({4, 5}, {{"a", {82, 83}}})));
  const BaselineVersions history = read_versions(file());
  ASSERT_THAT(history.versions, SizeIs(4));
  EXPECT_EQ(history.versions.back().commit, "");
  ASSERT_THAT(history.notes, SizeIs(1));
  EXPECT_TRUE(std::holds_alternative<history_note::NotCommitted>(history.notes[0]));
  EXPECT_THAT(trend_of(history).rounds, SizeIs(5));
}

TEST_F(HistoryTest, AnEmptyRepositoryHasTheFileAsItIs) {
  git({"init", "--quiet"});
  write(format_baseline(baseline_of({1}, {{"a", {82}}})));
  EXPECT_THAT(read_versions(file()).versions, SizeIs(1));
}

TEST_F(HistoryTest, AnInvalidVersionIsSkippedWithANote) {
  git({"init", "--quiet"});
  commit(baseline_of({1}, {{"a", {82}}}));
  commit_text("<<<<<<< HEAD\n");
  commit(baseline_of({2}, {{"a", {83}}}));
  const BaselineVersions history = read_versions(file());
  ASSERT_THAT(history.notes, SizeIs(1));
  EXPECT_THAT(std::get<history_note::InvalidVersion>(history.notes[0]).diagnostic,
              ContainsRegex("^[0-9a-f]{10}:baselines/lab/default.json:1:1: "));
  EXPECT_THAT(trend_of(history).cases.at("a"), ElementsAre(82.0, 83.0));
}

TEST_F(HistoryTest, VersionsOfAnotherMetricOrMachineAreSkipped) {
  git({"init", "--quiet"});
  Baseline other = baseline_of({1}, {{"a", {8}}});
  other.metric = {"cpu_time", Better::lower};
  commit(other);
  other = baseline_of({2}, {{"a", {9}}});
  other.identity = {{"cpu_model", "144"}};
  commit(other);
  other = baseline_of({2}, {{"a", {9}}});
  other.rounds[0].statistic = "q50";
  commit(other);
  commit(baseline_of({3}, {{"a", {10}}}));
  const BaselineTrend trend = trend_of(read_versions(file()));
  EXPECT_THAT(trend.cases.at("a"), ElementsAre(10.0));
  ASSERT_THAT(trend.notes, SizeIs(1));
  EXPECT_EQ(std::get<history_note::OtherVersions>(trend.notes[0]).versions, 3u);
}

TEST_F(HistoryTest, AShallowCloneIsNoted) {
  commit_three();
  git({"clone", "--quiet", "--depth=1", "file://" + folder_.path().string(), "shallow"});
  const BaselineVersions history = read_versions(folder_ / "shallow/baselines/lab/default.json");
  EXPECT_THAT(history.versions, SizeIs(1));
  ASSERT_THAT(history.notes, SizeIs(1));
  EXPECT_TRUE(std::holds_alternative<history_note::ShallowClone>(history.notes[0]));
}

TEST_F(HistoryTest, OutsideARepositoryThereIsNone) {
  write(format_baseline(baseline_of({1}, {{"a", {82}}})));
  EXPECT_THAT([&] { (void)read_versions(file()); },
              ThrowsMessage<HistoryError>(HasSubstr("not a git repository")));
}

TEST(DriftRatio, IsAboveOneForWorseWhicheverWayIsBetter) {
  EXPECT_DOUBLE_EQ(*drift_ratio({std::nullopt, 100, 90, 110, std::nullopt}, Better::lower), 1.1);
  EXPECT_DOUBLE_EQ(*drift_ratio({100, 80}, Better::higher), 1.25);
  EXPECT_FALSE(drift_ratio({std::nullopt, 100}, Better::lower));
}

TEST_F(HistoryTest, TrendPrintsOneLinePerCaseWorstFirst) {
  commit_three();
  const std::string said = trend();
  EXPECT_THAT(said, HasSubstr("baselines/lab/default.json: 4 rounds, 2026-11-01 to 2026-11-04\n"));
  EXPECT_THAT(said, HasSubstr("    +50.0 %    15.00 ns  ▁▂▁█    b2\n"
                              "    -18.0 %    82.00 ns  ██▁▁    a\n"));
  EXPECT_THAT(said, ContainsRegex("\n  2026-11-03  [0-9a-f]{10}  tighten: confirmed improvement\n      a\n"));
  EXPECT_THAT(said, ContainsRegex("\n  2026-11-04  [0-9a-f]{10}  accept: more accurate\n      b2\n"));
}

TEST_F(HistoryTest, TrendStaysWithinAHundredColumnsAndEscapes) {
  git({"init", "--quiet"});
  const std::string name = "\x1b[31m" + std::string(300, 'n');
  for (int first = 1; first <= 9; first += 4) {
    Baseline baseline = baseline_of({first, first + 1, first + 2, first + 3}, {{name, {1e9, 2e9, 3e9, 4e9}}});
    baseline.history = {{"accept", {name}, name, "2026-11-01", ""}};
    for (BaselineRound& round : baseline.rounds) round.round += "x";
    commit(baseline);
  }
  const std::string said = trend();
  ASSERT_THAT(said, HasSubstr("exit 0\n"));
  std::istringstream lines(said);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_THAT(line, Not(HasSubstr("\x1b")));
    EXPECT_LE(std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; }), 100)
        << line;
  }
}

TEST_F(HistoryTest, TrendHasAtMostFortyBars) {
  git({"init", "--quiet"});
  for (int version = 0; version < 5; ++version) {
    Baseline baseline =
        baseline_of(std::vector<int>(20, 1), {{"a", std::vector<std::optional<double>>(20, 5)}});
    for (int i = 0; i < 20; ++i) baseline.rounds[i].round = std::to_string(20 * version + i);
    commit(baseline);
  }
  const std::string said = trend();
  EXPECT_THAT(said, HasSubstr(": 100 rounds"));
  EXPECT_THAT(said, HasSubstr("  1:3 "));  // a bar is three rounds
  EXPECT_THAT(said, HasSubstr("  case (real_time)\n")) << "beside as many bars as there may be";
  EXPECT_THAT(said, HasSubstr("\ndrift: latest against oldest, + is worse\n"));
}

TEST_F(HistoryTest, TrendTakesTheNamedBaselineAlone) {
  commit_three();
  for (const char* other : {"large.json", "smoke-rounds.json"})
    std::filesystem::copy_file(file(), folder_ / "baselines/lab" / other);
  write(format_baseline(baseline_of({1}, {{"a", {82}}})));
  std::ofstream(folder_ / "baselines/lab/smoke.json") << "{}";
  std::ofstream(folder_ / "baselines/README.md") << "text";
  std::filesystem::create_symlink("loop", folder_ / "baselines/loop");
  EXPECT_THAT(trend(), HasSubstr("baselines/lab/large.json: "));
  EXPECT_THAT(trend({"--matrix", "default"}),
              AllOf(HasSubstr("baselines/lab/default.json: "), Not(HasSubstr("baselines/lab/large.json: "))));
  EXPECT_THAT(trend({"--matrix", "smoke"}), HasSubstr("baselines/lab/smoke-rounds.json: "));
  EXPECT_THAT(trend({"--fingerprint", "lab"}), HasSubstr("baselines/lab/large.json: "));
}

TEST_F(HistoryTest, TrendReportsWhatItCannotDo) {
  write(format_baseline(baseline_of({1}, {{"a", {82}}})));
  EXPECT_THAT(trend(), HasSubstr("exit 4\nno history: "));
  EXPECT_THAT(trend({}, {"PATH=/nowhere"}), HasSubstr("exit 4\nno history: git was not found; install it"));
  EXPECT_THAT(trend({"--matrix", "none"}),
              AllOf(HasSubstr("exit 3"), HasSubstr("holds no baseline */none.json")));
  EXPECT_THAT(trend({"--fingerprint", "../lab"}), HasSubstr("exit 2"));
  write(R"({"schema": "warpgauge/baseline/1",)");
  EXPECT_THAT(trend(), AllOf(HasSubstr("exit 3"), HasSubstr("found the end of the file")));
  std::filesystem::remove_all(folder_ / "baselines");
  EXPECT_THAT(trend(), AllOf(HasSubstr("exit 3"), HasSubstr("baselines: no such folder; check the path")));
}

}  // namespace
}  // namespace warpgauge
