#include "compare/baseline/one_more.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "compare/baseline/bless.h"
#include "tests/compare/baseline_test_support.h"

namespace warpgauge {
namespace {

using testing::HasSubstr;

Cell head_cell(const std::string& name, CellVerdict verdict, double value) {
  Cell cell;
  cell.name = name;
  cell.verdict = verdict;
  cell.head.value = value;
  return cell;
}

Comparison cells_only(std::vector<Cell> cells) {
  Comparison comparison;
  comparison.cells = std::move(cells);
  return comparison;
}

Baseline stored(int rounds = 2) {
  Baseline baseline;
  baseline.identity = {{"cpu_model", "143"}};
  for (int day = 1; day <= rounds; ++day) {
    baseline.rounds.push_back(make_round(day));
    baseline.cases["a"].emplace_back(100.0 + day);
    baseline.cases["b"].emplace_back(7.0 + day);
  }
  baseline.history = {{"accept", {"a"}, "known", "2026-11-01T10:00:00+00:00", "c01"}};
  return baseline;
}

// As bless adds it.
Baseline with_round(Baseline baseline, int day, const std::vector<Cell>& cells,
                    RoundState state = RoundState::accepted) {
  BaselineRound round = make_round(day);
  round.state = state;
  add_round(baseline, round, cells_only(cells));
  return baseline;
}

const std::vector<Cell> kSame = {head_cell("a", CellVerdict::unchanged, 101),
                                 head_cell("b", CellVerdict::unchanged, 8)};

TEST(OneMore, WhatBlessMakesIsAccepted) {
  EXPECT_EQ(not_one_more(stored(), with_round(stored(), 3, kSame)), "");
  EXPECT_EQ(not_one_more(stored(), with_round(stored(), 3, kSame, RoundState::refused)), "");
  Baseline none = stored(0);
  none.history.clear();
  EXPECT_EQ(not_one_more(none, with_round(none, 1, kSame)), "");
  EXPECT_EQ(not_one_more(Baseline(), with_round(none, 1, kSame)), "") << "as check-baseline --first asks";
}

TEST(OneMore, WhatHasToGoMayGo) {
  // The oldest of 20 rounds, a refused round that was repeated, older values of an improved case, and a case
  // that no round has measured for long.
  EXPECT_EQ(not_one_more(stored(20), with_round(stored(20), 21, kSame)), "");
  const Baseline refused = with_round(stored(), 3, kSame, RoundState::refused);
  EXPECT_EQ(with_round(refused, 3, kSame).rounds.size(), 3u);
  EXPECT_EQ(not_one_more(refused, with_round(refused, 3, kSame)), "");
  const std::vector<Cell> faster = {head_cell("a", CellVerdict::improvement, 50),
                                    head_cell("b", CellVerdict::unchanged, 8)};
  EXPECT_EQ(not_one_more(stored(), with_round(stored(), 3, faster)), "");
  const std::vector<Cell> all_faster = {head_cell("a", CellVerdict::improvement, 50),
                                        head_cell("b", CellVerdict::improvement, 2)};
  EXPECT_EQ(with_round(stored(), 3, all_faster).rounds.size(), 1u);
  EXPECT_EQ(not_one_more(stored(), with_round(stored(), 3, all_faster)), "");
  Baseline old = stored(20);
  for (std::size_t i = 1; i < 20; ++i) old.cases["b"][i].reset();
  old.rounds[0].failed = {"b"};
  const Baseline without = with_round(old, 21, {kSame[0]});
  EXPECT_FALSE(without.cases.contains("b"));
  EXPECT_EQ(not_one_more(old, without), "");
}

TEST(OneMore, AnythingElseIsRefused) {
  const Baseline good = with_round(stored(), 3, kSame);
  const auto expect = [&](const std::string& place, const std::function<void(Baseline&)>& edit) {
    Baseline forged = good;
    edit(forged);
    EXPECT_THAT(not_one_more(stored(), forged), HasSubstr(place));
  };
  expect("rounds: is empty", [](Baseline& b) { b.rounds.clear(); });
  expect("identity: ", [](Baseline& b) { b.identity["cpu_model"] = "1"; });
  expect("metrics[0]: ", [](Baseline& b) { b.metric.name = "cpu_time"; });
  expect("history: is shorter", [](Baseline& b) { b.history.clear(); });
  expect("history[0]: was changed", [](Baseline& b) { b.history[0].reason = "x"; });
  expect("history[1]: is an edit that nobody made", [](Baseline& b) {
    b.history.push_back({"accept", {"a"}, "", "", ""});
  });
  for (const auto& edit : std::vector<std::function<void(BaselineRound&)>>{
           [](BaselineRound& r) { r.state = RoundState::noise; }, [](BaselineRound& r) { r.round = "x"; },
           [](BaselineRound& r) { r.boot = "x"; }, [](BaselineRound& r) { r.date = "2026-11-01T11:00:00Z"; },
           [](BaselineRound& r) { r.commit = "x"; }, [](BaselineRound& r) { r.reason = "x"; },
           [](BaselineRound& r) { r.statistic = "median"; }, [](BaselineRound& r) { r.processes = 9; },
           [](BaselineRound& r) { r.samples = 9; }, [](BaselineRound& r) { r.environment["driver"] = "1"; },
           [](BaselineRound& r) { r.noise = {"a"}; }, [](BaselineRound& r) { r.failed = {"a"}; }})
    expect("is missing or was changed", [&](Baseline& b) { edit(b.rounds[0]); });
  expect("is missing or was changed", [](Baseline& b) {
    b.rounds.erase(b.rounds.begin());
    for (auto& [name, values] : b.cases) values.erase(values.begin());
  });
  expect("rounds[2]: is no round of before", [](Baseline& b) {
    b.rounds.push_back(make_round(4));
    for (auto& [name, values] : b.cases) values.emplace_back(1.0);
  });
  expect("is in the baseline already", [](Baseline& b) { b.rounds.back() = b.rounds[1]; });
  expect("its date is not one", [](Baseline& b) { b.rounds.back().date = "9999-11-20T10:00:00Z"; });
  expect("cases: b is missing", [](Baseline& b) { b.cases.erase("b"); });
  expect("cases a, real_time of the round of 2026-11-01", [](Baseline& b) { b.cases["a"][0] = 1.0; });
  expect("cases a, ", [](Baseline& b) { b.cases["a"][1].reset(); });
  expect("cases new, ", [](Baseline& b) { b.cases["new"] = {1.0, 1.0, 1.0}; });
  EXPECT_THAT(not_one_more(Baseline(), good), HasSubstr("rounds: has 3 rounds, but there was no baseline"));
}

}  // namespace
}  // namespace warpgauge
