// Reports of any comparison: within their limits, and with what decides the verdict.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/columns.h"
#include "compare/report/comment.h"
#include "compare/report/format.h"
#include "compare/report/github.h"
#include "compare/report/markdown.h"
#include "compare/report/nightly.h"
#include "compare/report/note_words.h"
#include "compare/report/show.h"
#include "compare/report/text.h"
#include "compare/report/trend.h"
#include "tests/compare/report_test_support.h"

namespace warpgauge {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Le;
using testing::Not;

constexpr std::size_t kCommentLimit = 65'536, kSummaryLimit = std::size_t{1} << 20,
                      kAnnotations = 10;  // GitHub's

// A comparison with random cells, notes of all kinds, differences and texts of any length.
class RandomComparison {
 public:
  explicit RandomComparison(unsigned seed) : random_(seed) {}

  Comparison make(std::size_t cases) {
    Comparison comparison = make_comparison();
    comparison.cells.clear();
    const std::size_t kinds = 1 + random_() % kWorstFirst.size();
    const std::size_t first = random_() % kWorstFirst.size();
    for (std::size_t i = 0; i < cases; ++i) {
      const CellVerdict verdict = kWorstFirst[(first + random_() % kinds) % kWorstFirst.size()];
      comparison.cells.push_back(
          make_cell(text() + std::to_string(i), verdict, 1 + 0.001 * static_cast<double>(random_() % 900)));
      if (random_() % 50 == 0) comparison.cells.back().why = Failed{Side::head, text(), text()};
    }
    sort_worst_first(comparison.cells);
    add_notes(comparison, cases);
    comparison.common_shift = {.verdict = {}, .ratio = 1.2, .p = {}, .ci = {{1.1, 1.3}}};
    comparison.common_shift.is_uniform = random_() % 2 == 0;
    return comparison;
  }

 private:
  std::string text() {
    const std::size_t longest = random_() % 20 == 0 ? 5000 : 60;
    std::string words;
    for (std::size_t left = random_() % longest; left > 0; --left) words += random_() % 9 == 0 ? ' ' : 'x';
    return words + "y";
  }

  void add_notes(Comparison& comparison, std::size_t cases) {
    std::vector<Note>& notes = comparison.notes;
    for (std::size_t i = random_() % (cases + 1); i > 0; --i) {
      notes.push_back(note::SkippedCase{text(), text(), text(), random_() % 2 == 0});
      notes.push_back(note::PartlyMeasured{text(), random_() % 2 == 0 ? Side::base : Side::head, 1, 3});
    }
    for (std::size_t i = random_() % 300; i > 0; --i) {
      notes.push_back(note::InputRemark{text()});
      notes.push_back(note::Sentence{text()});
      notes.push_back(note::UnitsExcluded{{Side::head, true, {1, 2, 3}, 24, 0.3}});
      comparison.differences.push_back({text(), text(), text(), random_() % 2 == 0});
    }
    notes.push_back(note::FailedCases{.cases = 40, .names = {text(), text(), text()}});
    notes.push_back(note::BelowResolutionCases{2, 0.25, {text(), text()}});
    notes.push_back(note::DifferentMachines{});
    notes.push_back(note::EndedEarly{text()});
    notes.push_back(note::BaselineUsed{text(), false, 3});
    comparison.hindrances.assign(kHindrances.begin(), kHindrances.end());
  }

  std::mt19937 random_;
};

// How many cases of `verdict` the report has a row of, or says that it leaves out.
std::size_t accounted(const std::string& report, const Comparison& comparison, CellVerdict verdict) {
  const std::string title = fmt::format("\n{} (", cell_verdict_name(verdict));
  const std::size_t at = ("\n" + report).find(title);
  if (at == std::string::npos) return 0;
  EXPECT_EQ(std::stoul(("\n" + report).substr(at + title.size())), comparison.count(verdict));
  return comparison.count(verdict);
}

TEST(Limits, TheTextReportFitsSixtyLinesAndHoldsWhatDecides) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    const Comparison comparison = RandomComparison(seed).make(1 + seed * seed * 997 % 5000);
    const std::string report = text_report(comparison, {});
    ASSERT_LE(line_count(report), kMostLines) << seed << "\n" << report;
    EXPECT_THAT(report, HasSubstr("verdict: "));
    EXPECT_THAT(report, HasSubstr(format_counts(comparison).substr(0, 20)));
    for (const CellVerdict verdict : kWorstFirst)
      EXPECT_EQ(accounted(report, comparison, verdict), comparison.count(verdict)) << seed;
    if (comparison.cells.front().verdict == CellVerdict::regression) {
      EXPECT_THAT(report, HasSubstr("run: bench"));
    }
  }
}

// 100 words of 60 letters: each fills a line of the report.
std::string words_of(char letter) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += std::string(60, letter) + " ";
  return text;
}

std::size_t words_in(const std::string& text, char letter) {
  const std::string word(60, letter);
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + word.size()))
    ++count;
  return count;
}

TEST(Limits, ATextOfTheReportHasThreeLines) {
  Comparison comparison = make_comparison();
  comparison.cells = {make_cell(words_of('N'), CellVerdict::failed, 1)};
  comparison.cells[0].why = Failed{Side::head, words_of('W'), "message"};
  comparison.notes = {note::Sentence{words_of('S')}};
  comparison.differences = {{words_of('D'), "a", "b", true}};
  comparison.common_shift = {.verdict = {}, .ratio = 1.2, .p = {}, .ci = {}};
  comparison.common_shift.is_uniform = true;
  comparison.common_shift.metric = words_of('M');
  const std::string report = text_report(comparison, {}), all = text_report(comparison, {.all = true});
  for (const char letter : {'N', 'W', 'S', 'D', 'M'}) {
    EXPECT_EQ(words_in(report, letter), 3u) << letter << "\n" << report;
    EXPECT_EQ(words_in(all, letter), 100u) << letter;
  }
}

TEST(Limits, WithAllTheTextReportHasEveryCaseAndNote) {
  const Comparison comparison = RandomComparison(3).make(500);
  const std::string report = text_report(comparison, {.all = true});
  EXPECT_THAT(report, Not(HasSubstr("... and ")));
  EXPECT_THAT(report, Not(HasSubstr("not shown")));
  EXPECT_GT(line_count(report), comparison.cells.size() + comparison.notes.size());
}

TEST(Limits, WithAllEachSkippedCaseHasItsReason) {
  Comparison comparison = make_comparison();
  for (const char* name : {"a", "b", "c", "d", "e"})
    comparison.notes.push_back(note::SkippedCase{name, "x.json", "no GPU", true});
  EXPECT_THAT(text_report(comparison, {.all = true}), HasSubstr("e: skipped on both sides (x.json: no GPU)"));
  EXPECT_THAT(text_report(comparison, {}), HasSubstr("note: 5 cases were skipped on both sides: a, b, c"));
}

TEST(Limits, TheReportSaysWhatItLeftOut) {
  Comparison comparison = make_comparison();
  for (int i = 0; i < 5000; ++i)
    comparison.cells.push_back(
        make_cell("slow" + std::to_string(i), CellVerdict::regression, 1.1 + 0.001 * i));
  sort_worst_first(comparison.cells);
  const std::string report = text_report(comparison, {});
  EXPECT_THAT(report, HasSubstr("regression (5001)\n"));
  EXPECT_THAT(report, HasSubstr("slow4999\n"));  // the largest
  EXPECT_THAT(report, Not(HasSubstr("slow0\n")));
  EXPECT_THAT(report, testing::ContainsRegex("\\.\\.\\. and 49[0-9]+ more"));
  EXPECT_THAT(report,
              HasSubstr(" cases and 0 notes are not shown; --all shows them, --json has all cases\n"));
}

TEST(Limits, NotesHaveRoomBesideAnyNumberOfCases) {
  Comparison comparison = make_comparison();
  for (int i = 0; i < 5000; ++i)
    comparison.cells.push_back(make_cell("slow" + std::to_string(i), CellVerdict::regression, 1.1));
  comparison.notes = {note::MediansTaken{3}, note::EndedEarly{"interrupted"}};
  comparison.differences = {{"governor", "a", "b", false}, {"cpu_model", "143", "85", true}};
  const std::string report = text_report(comparison, {});
  const std::size_t ended = report.find("note: the run ended early: interrupted");
  ASSERT_NE(ended, std::string::npos);
  EXPECT_LT(report.find("other machine: cpu_model: 143 -> 85"), ended);  // both decide the verdict
  EXPECT_LT(ended, report.find("note: 3 cases were compared by the median"));
}

TEST(Limits, TheLargestImprovementsAreShown) {
  Comparison comparison = make_comparison();
  for (int i = 0; i < 500; ++i)
    comparison.cells.push_back(
        make_cell("fast" + std::to_string(i), CellVerdict::improvement, 0.9 - 0.001 * i));
  sort_worst_first(comparison.cells);
  EXPECT_THAT(text_report(comparison, {}), HasSubstr("fast499\n"));
  EXPECT_THAT(text_report(comparison, {}), Not(HasSubstr("fast0\n")));
}

TEST(Limits, FiftyThousandCasesStayBelowThoseOfGithub) {
  Comparison comparison = RandomComparison(7).make(50'000);
  EXPECT_THAT(markdown_report(comparison).size(), Le(kCommentLimit));
  EXPECT_THAT(markdown_report(comparison).size(), Le(kSummaryLimit));
  EXPECT_THAT(comment_report(comparison, {}, "").size(), Le(kCommentLimit));
  EXPECT_THAT(line_count(github_annotations(comparison)), Le(kAnnotations));
  EXPECT_THAT(github_annotations(comparison).size(), Le(kCommentLimit));
  EXPECT_THAT(line_count(text_report(comparison, {})), Le(kMostLines));
}

TEST(Limits, Show) {
  ShownResults results{.metric = "real_time", .processes = 1, .cases = {}, .warnings = {}};
  for (int i = 0; i < 5000; ++i) {
    ShownCase& one = results.cases.emplace_back();
    one.name = "case" + std::to_string(i);
    if (i == 4000) one.failure = "row 3 is wrong";
    results.warnings.push_back("something about case " + std::to_string(i));
  }
  const std::string report = show_report(results);
  EXPECT_LE(line_count(report), kMostLines);
  EXPECT_THAT(report, HasSubstr("FAILED: row 3 is wrong"));
  EXPECT_THAT(report, testing::ContainsRegex("\\.\\.\\. and 49[0-9]+ more cases; --all shows them"));
  EXPECT_THAT(report, EndsWith("5000 cases: 4999 measured, 1 FAILED\n"));
  EXPECT_GT(line_count(show_report(results, true)), 10'000u);
}

TEST(Limits, Trend) {
  BaselineTrend trend;
  trend.rounds.resize(3);
  for (int i = 0; i < 500; ++i) {
    trend.cases["case" + std::to_string(i)] = {100.0, 101.0, 102.0};
    trend.events.push_back(
        {{.action = "accept", .cases = {"a", "b", "c", "d", "e"}, .reason = "r", .date = "d", .commit = ""},
         ""});
    trend.notes.push_back(history_note::InvalidVersion{"x"});
  }
  EXPECT_LE(line_count(trend_report("x.json", trend)), kMostLines);
  EXPECT_THAT(trend_report("x.json", trend), HasSubstr("... and 471 more; --all shows them"));
  EXPECT_GT(line_count(trend_report("x.json", trend, true)), 3000u);
}

TEST(Limits, Nightly) {
  NightlyResult result;
  for (auto* series : {&result.neighbours, &result.baseline})
    for (int i = 0; i < 400; ++i)
      series->nights.push_back({.name = "night", .flagged = {{.name = "f", .ratio = 2, .is_back = {}}}});
  for (int i = 0; i < 3; ++i) {
    PlantedSeries& planted = result.planted.emplace_back();
    planted.comparisons = 400;
    for (int c = 0; c < 100; ++c) planted.cases.push_back({.name = "case", .deviation = 0.1, .found = 3});
  }
  EXPECT_LE(line_count(nightly_report(result)), kMostLines);
  EXPECT_THAT(nightly_report(result), HasSubstr("... and 94 more lines; --all shows them"));
  EXPECT_GT(line_count(nightly_report(result, true)), 1000u);
}

TEST(Notes, AreFoldedByKindWithTheirNumberAndTheFirstThree) {
  Comparison comparison;
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    comparison.notes.push_back(note::SkippedCase{name, "x.json", "no GPU", true});
    comparison.notes.push_back(note::PartlyMeasured{name, Side::head, 1, 3});
    comparison.notes.push_back(note::InputRemark{std::string("x.json: ") + name});
  }
  EXPECT_THAT(
      note_sentences(comparison),
      testing::ElementsAre("5 cases were skipped on both sides: a, b, c and 2 more; reason: no GPU",
                           "5 cases were measured by some of the processes of head only: a, b, c and 2 more",
                           "5 remarks about the files: x.json: a, x.json: b, x.json: c and 2 more"));
  EXPECT_EQ(note_sentences(comparison, NoteDetail::all).size(), 15u);
}

TEST(Notes, FoldedOnesShowTheReasonOfAllOrOfTheFirst) {
  Comparison comparison;
  for (const char* reason : {"no GPU", "no\x1b[2J memory"})
    comparison.notes.push_back(note::SkippedCase{reason, "x.json", reason, false});
  EXPECT_THAT(note_sentences(comparison), testing::ElementsAre(EndsWith("; reason of the first: no GPU")));
  std::swap(comparison.notes[0], comparison.notes[1]);
  EXPECT_THAT(note_sentences(comparison), testing::ElementsAre(HasSubstr("; reason of the first: no")));
  EXPECT_THAT(note_sentences(comparison), testing::ElementsAre(Not(HasSubstr("\x1b"))));
  for (Note& one : comparison.notes) std::get<note::SkippedCase>(one).message.clear();
  EXPECT_THAT(note_sentences(comparison), testing::ElementsAre(Not(HasSubstr("reason"))));
}

TEST(Notes, WhatDecidesTheVerdictComesFirst) {
  Comparison comparison;
  comparison.notes = {note::MediansTaken{3}, note::EndedEarly{"interrupted"}};
  comparison.hindrances = {Hindrance::cases_missing};
  const std::vector<std::string> sentences = note_sentences(comparison);
  ASSERT_EQ(sentences.size(), 3u);
  EXPECT_EQ(sentences[0], "head lacks cases of base; --allow-missing permits that");
  EXPECT_EQ(sentences[1], "the run ended early: interrupted");
}

TEST(Notes, EachOneThatDecidesTheVerdictComesFirst) {
  for (const Note& deciding :
       {Note(note::DifferentMachines{}), Note(note::NoBaseline{"b.json"}),
        Note(note::NullControlRan{NullVerdict::failed}),
        Note(note::VerdictsDependOnExclusion{{ExcludedUnits{Side::head, true, {1}, 8, 0.4}}, 0})}) {
    Comparison comparison;
    comparison.notes = {note::MediansTaken{3}, deciding};
    EXPECT_EQ(note_sentences(comparison)[0], note_sentence(deciding, comparison.policy));
  }
  Comparison passed;
  passed.notes = {note::MediansTaken{3}, note::NullControlRan{NullVerdict::passed}};
  EXPECT_THAT(note_sentences(passed)[1], HasSubstr("null control: passed"));
}

TEST(Notes, OfTheTwoSidesAreFoldedSeparately) {
  Comparison comparison;
  for (const char* name : {"a", "b"}) {
    for (const Side side : {Side::base, Side::head})
      comparison.notes.push_back(note::PartlyMeasured{name, side, 1, 3});
    for (const bool both : {true, false})
      comparison.notes.push_back(note::SkippedCase{name, "x.json", "no GPU", both});
  }
  EXPECT_THAT(
      note_sentences(comparison),
      testing::ElementsAre("2 cases were measured by some of the processes of base only: a, b",
                           "2 cases were measured by some of the processes of head only: a, b",
                           "2 cases were skipped on both sides: a, b; reason: no GPU",
                           "2 cases were skipped on the only side that has them: a, b; reason: no GPU"));
}

TEST(Notes, SentencesAreFoldedIfThereAreMany) {
  Comparison comparison;
  for (int i = 0; i < 20; ++i) comparison.notes.push_back(note::Sentence{"s" + std::to_string(i)});
  EXPECT_EQ(note_sentences(comparison).size(), 20u);
  comparison.notes.push_back(note::Sentence{"s20"});
  EXPECT_THAT(note_sentences(comparison), testing::ElementsAre("21 further notes: s0, s1, s2 and 18 more"));
}

TEST(Notes, SayWhichMetricsTheyAreAbout) {
  Comparison comparison;
  comparison.policy.metrics = {
      {.name = "allocs", .exact = true}, {.name = "x"}, {.name = "y"}, {.name = "z"}};
  for (const char* metric : {"x", "y"}) comparison.metric_notes.push_back({metric, note::MediansTaken{3}});
  EXPECT_THAT(note_sentences(comparison), testing::ElementsAre(testing::StartsWith("x, y: 3 cases were")));
  comparison.metric_notes.push_back({"z", note::MediansTaken{3}});
  EXPECT_THAT(note_sentences(comparison), testing::ElementsAre(testing::StartsWith("3 cases were")));
}

}  // namespace
}  // namespace warpgauge
