#include "compare/input/executables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/base/temporary_directory.h"
#include "tests/compare/input_test_support.h"

namespace warpgauge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Origins = std::vector<ResultOrigin>;

Origins of_executables(const std::vector<std::string>& executables) {
  Origins origins;
  for (const std::string& one : executables) origins.push_back({one, "r.json"});
  return origins;
}

ExecutableNames names_of(const std::vector<std::string>& base, const std::vector<std::string>& head) {
  return name_executables(of_executables(base), of_executables(head));
}

TEST(InputExecutables, BuildDirectoriesDoNotCount) {
  const ExecutableNames names =
      names_of({"/b/build-base/foo", "./bar"}, {"/b/build-head/foo.exe", "C:\\build\\bar.exe"});
  EXPECT_THAT(names.base, ElementsAre("foo", "bar"));
  EXPECT_THAT(names.head, ElementsAre("foo", "bar"));
  EXPECT_THAT(names.remarks, IsEmpty());
}

TEST(InputExecutables, OneNameInTwoDirectoriesIsToldApartByTheShortestSuffix) {
  const ExecutableNames names = names_of({"/b/x/sort/bench", "/b/x/hash/bench", "/b/x/hash/bench"},
                                         {"/h/y/z/sort/bench", "/h/y/z/hash/bench"});
  EXPECT_THAT(names.base, ElementsAre("sort/bench", "hash/bench", "hash/bench"));
  EXPECT_THAT(names.head, ElementsAre("sort/bench", "hash/bench"));
  EXPECT_THAT(names_of({"/b/1/a/bench", "/b/2/a/bench"}, {"/h/1/a/bench"}).head, ElementsAre("1/a/bench"));
  EXPECT_THAT(names_of({}, {"/bench", "/a/bench"}).head, ElementsAre("bench", "a/bench"));
  EXPECT_THAT(names_of({}, {"bench", "a/bench"}).head, ElementsAre("bench", "a/bench"));
}

TEST(InputExecutables, DirectoriesThatBaseAndHeadDoNotShareMeanNothing) {
  const ExecutableNames names = names_of({"/job1/bench", "/job2/bench"}, {"/job3/bench", "/job4/bench"});
  EXPECT_THAT(names.base, ElementsAre("bench", "bench"));
  EXPECT_THAT(names.head, ElementsAre("bench", "bench"));
  EXPECT_THAT(names.remarks, ElementsAre(HasSubstr("'bench' in several directories (2 of base, 2 of head)")));
}

TEST(InputExecutables, FilesWithoutAnExecutableAreToldApartByTheirNamesIfBothSidesHaveThem) {
  const Origins base{{"", "old/sort-1.json"}, {"", "old/sort-2.json"}, {"", "old/hash.json"}};
  EXPECT_THAT(name_executables(base, {{"", "new/hash_07.json"}, {"", "new/sort.json"}}).head,
              ElementsAre("hash", "sort"));
  EXPECT_THAT(name_executables(base, {{"", "new/sort.json"}}).base, ElementsAre("", "", ""));
  EXPECT_THAT(name_executables({{"", "base-1.json"}, {"", "base-2.json"}}, {{"", "head-1.json"}}).base,
              ElementsAre("", ""));
}

TEST(InputExecutables, AreNamedByTheFilesOfEachFormat) {
  EXPECT_EQ(executable_in(R"({"context": {"date": "x", "executable": "./a"}, "benchmarks": [)"), "./a");
  EXPECT_EQ(executable_in(R"({"meta": {"version": {}, "argv": ["./nv", "--json"]}, "devices": [])"), "./nv");
  EXPECT_EQ(executable_in("<?xml version=\"1.0\"?>\n<Catch2TestRun name=\"a&amp;b\">"), "a&b");
  for (const char* text :
       {"", "{", "[]", R"({"context": []})", R"({"context": {"executable": 7}})", "<Catch"})
    EXPECT_EQ(executable_in(text), "") << text;
}

// Result files in a folder of their own.
class InputSides : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) {
    const std::filesystem::path path = directory_.path() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path.string();
  }
  std::string write_results(const std::string& name, const std::string& executable) {
    return write(name, R"({"context": {"executable": ")" + executable +
                           R"("}, "benchmarks": [{"name": "a/8", "run_type": "iteration", "real_time": 1,
                              "cpu_time": 1, "time_unit": "ns"}]})");
  }
  TemporaryDirectory directory_;
};

TEST_F(InputSides, AFilterSeesTheNameOfTheExecutableIfThereAreSeveral) {
  const std::vector<std::string> two{write_results("1.json", "sort"), write_results("2.json", "hash")};
  const auto cases_with = [&](const char* expression, const std::vector<std::string>& paths) {
    std::vector<std::size_t> cases;
    for (const Process& process : read_results(paths, with_filter(expression)).processes)
      cases.push_back(process.cases.size());
    return cases;
  };
  EXPECT_THAT(cases_with("^sort:a/", two), ElementsAre(1, 0));
  EXPECT_THAT(cases_with("-^sort:", two), ElementsAre(0, 1));
  EXPECT_THAT(cases_with("^a/", two), ElementsAre(1, 1));
  EXPECT_THAT(cases_with("sort", {two[0]}), ElementsAre(0));
}

TEST_F(InputSides, AFolderStandsForTheResultFilesInIt) {
  write_results("results/b.json", "sort");
  write_results("results/a.json", "hash");
  write("results/notes.txt", "no results");
  const ResultSet results = read_results({directory_.path() / "results"}, {});
  ASSERT_EQ(results.processes.size(), 2U);
  EXPECT_THAT(results.processes[0].file, HasSubstr("results/a.json"));
  EXPECT_EQ(results.processes[0].executable, "hash");
  EXPECT_EQ(results.processes[1].executable, "sort");
  std::filesystem::create_directory(directory_.path() / "empty");
  EXPECT_THAT(complaint_of([&] { (void)read_results({directory_.path() / "empty"}, {}); }),
              HasSubstr("is a directory without result files (*.json, *.xml); give result files"));
  EXPECT_THAT(complaint_of([&] {
                (void)read_results({directory_.path() / "results", directory_.path() / "results/a.json"}, {});
              }),
              HasSubstr("is given twice on one side"));
}

TEST_F(InputSides, BaseAndHeadAreReadTogether) {
  const Sides sides =
      read_sides({write_results("1.json", "/b/sort/bench"), write_results("2.json", "/b/hash/bench")},
                 {write_results("3.json", "/h/hash/bench")}, {});
  EXPECT_EQ(sides.base.processes[0].executable, "sort/bench");
  EXPECT_EQ(sides.head.processes[0].executable, "hash/bench");
}

}  // namespace
}  // namespace warpgauge
