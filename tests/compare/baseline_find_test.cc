// Where a stored baseline is looked for, and through what.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/atomic_file.h"
#include "base/diagnostic.h"
#include "compare/baseline/baseline.h"
#include "tests/base/temporary_directory.h"

namespace warpgauge {
namespace {

namespace fs = std::filesystem;
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
                        .state = {}}};
    baseline.cases = {{"a", {100}}};
    std::ofstream(path) << format_baseline(baseline);
  }
  StoredBaseline found() const { return find_baseline(folder_ / "baselines", "lab", "ci"); }
  StoredBaseline read() const { return read_baseline(folder_ / "baselines", "lab", "ci"); }

  TemporaryDirectory folder_;
  fs::path place_ = folder_ / "baselines/lab/ci.json";
};

TEST_F(FindBaseline, AGateFollowsALinkAndBlessDoesNot) {
  write(folder_ / "elsewhere.json");
  fs::create_symlink(folder_ / "elsewhere.json", place_);
  EXPECT_TRUE(found().baseline);
  EXPECT_THAT([&] { read(); }, ThrowsMessage<OutputError>(HasSubstr("is a symbolic link")));
}

TEST_F(FindBaseline, WhatAGateCannotReadIsAFaultyInput) {
  fs::create_directory(place_);
  EXPECT_THAT([&] { found(); }, ThrowsMessage<Diagnostic>(HasSubstr("is a directory, not a file")));
  fs::remove(place_);
  fs::create_symlink("nowhere", place_);
  EXPECT_THAT([&] { found(); }, ThrowsMessage<Diagnostic>(HasSubstr("No such file or directory")));
}

TEST_F(FindBaseline, WhereThereIsNoneTheUnblessedOneIsTaken) {
  EXPECT_FALSE(found().baseline);
  fs::create_directories(folder_ / ".warpgauge/lab");
  write(folder_ / ".warpgauge/lab/ci.json");
  EXPECT_TRUE(found().baseline);
  EXPECT_FALSE(found().blessed);
  write(place_);
  EXPECT_TRUE(found().blessed);
}

}  // namespace
}  // namespace warpgauge
