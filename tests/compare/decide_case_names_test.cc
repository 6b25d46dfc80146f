#include "compare/decide/case_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compare/decide/match.h"
#include "compare/decide/rename_cases.h"
#include "compare/input/names.h"

namespace warpgauge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Names = std::vector<std::string>;

Process of_executable(const char* executable, const Names& raw_names) {
  Process process;
  process.executable = executable;
  for (const std::string& raw : raw_names) {
    Case& one = process.cases.emplace_back();
    one.raw_name = raw;
    one.name = strip_settings(raw);
    one.repetitions.emplace_back().value = 1;
  }
  return process;
}

// "name", or "name-" and "name+" if a side lacks it.
Names paired(const ResultSet& base, const ResultSet& head) {
  Names names;
  for (const CasePair& pair : match_cases(base, head).pairs)
    names.push_back(pair.name + (pair.presence == CasePresence::missing ? "-"
                                 : pair.presence == CasePresence::added ? "+"
                                                                        : ""));
  return names;
}

TEST(CaseNamesOfASuite, TheExecutableTellsSharedNamesApart) {
  const ResultSet suite{{of_executable("sort", {"a", "b"}), of_executable("hash", {"a", "c"})}};
  EXPECT_THAT(paired(suite, suite), ElementsAre("sort:a", "b", "hash:a", "c"));
}

TEST(CaseNamesOfASuite, TwoBinariesWithOneExecutablePerSideArePairedByTheirCases) {
  const ResultSet base{{of_executable("base_bench", {"a"})}}, head{{of_executable("head_bench", {"a"})}};
  EXPECT_THAT(paired(base, head), ElementsAre("a"));
}

TEST(CaseNamesOfASuite, ACaseMayMoveToAnotherExecutable) {
  const ResultSet base{{of_executable("sort", {"a", "b"}), of_executable("hash", {"c"})}};
  const ResultSet head{{of_executable("sort", {"a"}), of_executable("hash", {"b", "c"})}};
  EXPECT_THAT(paired(base, head), ElementsAre("a", "b", "c"));
}

TEST(CaseNamesOfASuite, AnExecutableThatIsNewDoesNotTakeTheOldOnesCase) {
  const ResultSet base{{of_executable("sort", {"a"})}};
  const ResultSet head{{of_executable("sort", {"a"}), of_executable("hash", {"a"})}};
  EXPECT_THAT(paired(base, head), ElementsAre("sort:a", "hash:a+"));
}

TEST(CaseNamesOfASuite, SettingsOfOneNameStayInIt) {
  const ResultSet suite{
      {of_executable("sort", {"a/repeats:2", "a/repeats:3"}), of_executable("hash", {"a/repeats:2"})}};
  EXPECT_THAT(paired(suite, suite), ElementsAre("sort:a/repeats:2", "a/repeats:3", "hash:a/repeats:2"));
}

TEST(CaseNamesOfASuite, AStoredNameWithAnExecutableIsFoundByItsOneFile) {
  const ResultSet stored{{of_executable("", {"sort:a", "hash:a", "b"})}};
  EXPECT_THAT(paired(stored, {{of_executable("sort", {"a", "b"})}}), ElementsAre("sort:a", "hash:a-", "b"));
  EXPECT_THAT(paired(stored, {{of_executable("sort", {"a"}), of_executable("hash", {"a", "b"})}}),
              ElementsAre("sort:a", "hash:a", "b"));
}

TEST(CaseNamesOfASuite, ProcessesOfOtherExecutablesDoNotLackTheCase) {
  const ResultSet suite{
      {of_executable("sort", {"a", "b"}), of_executable("sort", {"a"}), of_executable("hash", {"c"})}};
  const auto notes = match_cases(suite, suite).notes;
  ASSERT_EQ(notes.size(), 2U);
  const auto& partly = std::get<note::PartlyMeasured>(notes[0]);
  EXPECT_EQ(partly.name, "b");
  EXPECT_EQ(partly.processes, 2U);
}

Names paired_after(const char* rename, ResultSet base, const ResultSet& head) {
  const std::vector<Rename> renames{Rename(rename)};
  const auto problem = rename_cases(base, head, renames);
  if (problem) return {rename_problem_text(*problem, "base")};
  return paired(base, head);
}

TEST(RenameCases, OfOneExecutable) {
  const ResultSet base{{of_executable("b", {"old/8", "old/64", "same"})}};
  const ResultSet head{{of_executable("h", {"new/8", "new/64", "same"})}};
  EXPECT_THAT(paired_after("old/(.*)=new/\\1", base, head), ElementsAre("new/8", "new/64", "same"));
  EXPECT_THAT(paired_after("old/8=new/8", base, head), ElementsAre("new/8", "old/64-", "same", "new/64+"));
  EXPECT_THAT(paired_after("old/8=same", base, head),
              ElementsAre("--rename 'old/8=same': base already has a case 'same'; give another name"));
}

TEST(RenameCases, InASuiteWithOrWithoutTheExecutable) {
  const ResultSet base{{of_executable("sort", {"a"}), of_executable("hash", {"a"})}};
  const ResultSet head{{of_executable("sort", {"b"}), of_executable("hash", {"b"})}};
  EXPECT_THAT(paired_after("a=b", base, head), ElementsAre("sort:b", "hash:b"));
  EXPECT_THAT(paired_after("sort:a=sort:b", base, head), ElementsAre("sort:b", "a-", "hash:b+"));
  // Head's executable has another name.
  const ResultSet moved{{of_executable("sorting", {"a"}), of_executable("hash", {"a"})}};
  EXPECT_THAT(paired_after("sort:(.*)=sorting:\\1", base, moved), ElementsAre("sorting:a", "hash:a"));
  EXPECT_THAT(
      paired_after("(sort|hash):a=x", base, head),
      ElementsAre("--rename '(sort|hash):a=x': 'hash:a' and 'sort:a' would both be called 'x'; give each "
                  "its own name"));
}

TEST(RenameCases, OneAfterTheOther) {
  ResultSet base{{of_executable("b", {"a", "b"})}};
  const ResultSet head{{of_executable("h", {"a", "b"})}};
  const std::vector<Rename> swap{Rename("a=c"), Rename("b=a"), Rename("c=b")};
  EXPECT_FALSE(rename_cases(base, head, swap));
  EXPECT_EQ(base.processes[0].cases[0].name, "b");
  EXPECT_EQ(base.processes[0].cases[1].name, "a");
  EXPECT_THAT(paired(base, head), ElementsAre("b", "a"));
}

}  // namespace
}  // namespace warpgauge
