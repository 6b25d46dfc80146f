// Where a stored baseline is found, and what is written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/atomic_file.h"
#include "base/diagnostic.h"
#include "compare/baseline/baseline_files.h"
#include "tests/base/temporary_directory.h"
#include "tests/compare/baseline_test_support.h"

namespace warpgauge {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

class FindBaseline : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(place_.parent_path()); }

  void write(const fs::path& path) const {
    Baseline baseline;
    baseline.rounds = {{.round = "b-1",
                        .boot = "b",
                        .date = "2026-11-01T10:00:00+00:00",
                        .commit = "",
                        .reason = "first",
                        .statistic = "q25",
                        .processes = 3,
                        .environment = {}}};
    baseline.cases = {{"a", {100}}};
    std::ofstream(path) << format_baseline(baseline);
  }
  StoredBaseline found() const { return find_baseline(folder_ / "baselines", "lab", "ci"); }
  StoredBaseline read() const { return read_baseline(folder_ / "baselines", "lab", "ci"); }

  TemporaryDirectory folder_;
  fs::path place_ = folder_ / "baselines/lab/ci.json";
};

TEST_F(FindBaseline, GateFollowsALinkAndBlessDoesNot) {
  write(folder_ / "elsewhere.json");
  fs::create_symlink(folder_ / "elsewhere.json", place_);
  EXPECT_TRUE(found().baseline);
  EXPECT_THAT([&] { (void)read(); }, ThrowsMessage<OutputError>(HasSubstr("is a symbolic link")));
}

TEST_F(FindBaseline, WhatGateCannotReadIsAnInvalidInput) {
  fs::create_directory(place_);
  EXPECT_THAT([&] { (void)found(); }, ThrowsMessage<Diagnostic>(HasSubstr("is a directory, not a file")));
  fs::remove(place_);
  fs::create_symlink("nowhere", place_);
  EXPECT_THAT([&] { (void)found(); }, ThrowsMessage<Diagnostic>(HasSubstr("No such file or directory")));
}

TEST_F(FindBaseline, IfTheFolderHasNoneTheUnblessedOneIsTaken) {
  EXPECT_FALSE(found().baseline);
  fs::create_directories(folder_ / ".warpgauge/lab");
  write(folder_ / ".warpgauge/lab/ci.json");
  EXPECT_TRUE(found().baseline);
  EXPECT_FALSE(found().blessed);
  write(place_);
  EXPECT_TRUE(found().blessed);
}

TEST_F(FindBaseline, AFolderThatDoesNotExistIsNamedAsItWasGiven) {
  const fs::path missing = folder_ / "nope";
  EXPECT_THAT(
      [&] { (void)find_baseline(missing, "lab", "ci"); },
      ThrowsMessage<Diagnostic>(missing.string() +
                                ": no such folder; check the path, or make the first baseline with `bless`"));
  std::ofstream(missing) << "text";
  EXPECT_THAT([&] { (void)find_baseline(missing, "lab", "ci"); },
              ThrowsMessage<Diagnostic>(HasSubstr("nope: is not a folder; --baseline takes")));
  EXPECT_FALSE(read_baseline(folder_ / "new", "lab", "ci").baseline) << "bless makes the folder";
}

TEST_F(FindBaseline, TheUnblessedOneNeedsNoFolderBesideIt) {
  fs::remove_all(folder_ / "baselines");
  fs::create_directories(folder_ / ".warpgauge/lab");
  write(folder_ / ".warpgauge/lab/ci.json");
  EXPECT_TRUE(found().baseline);
}

TEST_F(FindBaseline, OnlyFilesWithTheSchemaOfABaselineAreListed) {
  const fs::path directory = folder_ / "baselines";
  const auto listed = [&](const std::string& fingerprint, const std::string& matrix) {
    return baselines_in(directory, fingerprint, matrix);
  };
  write(place_);
  write(folder_ / "baselines/lab/smoke-rounds.json");
  std::ofstream(folder_ / "baselines/lab/smoke.json") << R"({"schema": "warpgauge/smoke/1"})";
  std::ofstream(folder_ / "baselines/lab/process-1.json") << R"({"context": {}, "benchmarks": []})";
  std::ofstream(folder_ / "baselines/lab/cut.json") << R"({"context": {)";
  std::ofstream(folder_ / "baselines/lab/note.json") << R"({"text": "warpgauge/baseline/1"})";
  std::ofstream(folder_ / "baselines/README.md") << "text";
  fs::create_symlink("nowhere", folder_ / "baselines/lab/nowhere.json");
  fs::create_symlink("nowhere", folder_ / "baselines/nowhere");
  EXPECT_THAT(listed("", ""), ElementsAre(place_, folder_ / "baselines/lab/smoke-rounds.json"));
  EXPECT_THAT(listed("lab", "smoke"), ElementsAre(folder_ / "baselines/lab/smoke-rounds.json"));
  EXPECT_THAT(
      [&] { (void)listed("other", ""); },
      ThrowsMessage<Diagnostic>(HasSubstr("baselines: holds no baseline other/*.json; check the path")));
  std::ofstream(folder_ / "baselines/lab/large.json")
      << "<<<<<<< HEAD\n{\"schema\": \"warpgauge/baseline/1\",";
  EXPECT_THAT(listed("", "large"), ElementsAre(folder_ / "baselines/lab/large.json"))
      << "trend reports the conflict";
}

TEST_F(FindBaseline, WhatCouldNotBeReadAgainIsNotWritten) {
  write(place_);
  const StoredBaseline stored = read();
  Baseline updated = *stored.baseline;
  updated.cases["a"] = {1e-310};
  EXPECT_THAT([&] { write_baseline(stored, *stored.baseline, updated); },
              ThrowsMessage<Diagnostic>(HasSubstr(
                  "cases[0] a.values.real_time[0]: 1e-310 is too small to be compared; the new round "
                  "cannot be stored; nothing was written")));
  updated = {.metric = {}, .identity = {}, .rounds = {}, .cases = {}, .history = {}};
  EXPECT_THAT([&] { write_baseline(stored, *stored.baseline, updated); },
              ThrowsMessage<Diagnostic>(HasSubstr("rounds: is empty")));
  EXPECT_EQ(read().text, stored.text);
  updated = *stored.baseline;
  updated.rounds.push_back(make_round(28));
  for (auto& [name, values] : updated.cases) values.emplace_back(2.5);
  Baseline forged = updated;
  *forged.cases.begin()->second.begin() = 9.5;
  EXPECT_THAT([&] { write_baseline(stored, *stored.baseline, forged); },
              ThrowsMessage<std::logic_error>(HasSubstr("was changed")));
  EXPECT_EQ(read().text, stored.text);
  write_baseline(stored, *stored.baseline, updated);
  EXPECT_EQ(read().baseline->cases, updated.cases);
}

}  // namespace
}  // namespace warpgauge
