#include "bench/output_file.h"

#include <gmock/gmock.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace warpgauge::bench {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class OutputFileTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = fs::temp_directory_path() / ("warpgauge_output_" + std::to_string(::getpid()));
    fs::create_directory(directory_);
    path_ = directory_ / "out.json";
  }
  void TearDown() override { fs::remove_all(directory_); }

  std::string content() const {
    std::ifstream file(path_);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  long files() const { return std::distance(fs::directory_iterator(directory_), {}); }

  fs::path directory_, path_;
};

TEST_F(OutputFileTest, WritesAndLeavesNothingBeside) {
  OutputFile(path_.string()).write("{}");
  EXPECT_EQ(content(), "{}");
  EXPECT_EQ(files(), 1);
}

TEST_F(OutputFileTest, UntilItIsWrittenTheOldOneStands) {
  std::ofstream(path_) << "old";
  {
    OutputFile file(path_.string());
    EXPECT_EQ(content(), "old");
    EXPECT_EQ(files(), 1);  // nothing for an interrupt to leave
  }
  EXPECT_EQ(content(), "old");
  EXPECT_EQ(files(), 1);
  OutputFile(path_.string()).write("new");
  EXPECT_EQ(content(), "new");
}

TEST_F(OutputFileTest, APathThatCannotBeWrittenIsToldAtOnce) {
  EXPECT_THAT([&] { OutputFile((directory_ / "no" / "such.json").string()); },
              ThrowsMessage<std::runtime_error>(HasSubstr("such.json: cannot be written")));
}

TEST_F(OutputFileTest, AFullDeviceIsAnError) {
  EXPECT_THAT([] { OutputFile("/dev/full").write("{}"); },
              ThrowsMessage<std::runtime_error>(HasSubstr("/dev/full: cannot be written")));
}

TEST_F(OutputFileTest, ADeviceIsWrittenDirectly) {
  OutputFile("/dev/null").write("{}");
}

TEST_F(OutputFileTest, ALinkIsWrittenThroughNotReplaced) {
  std::ofstream(path_) << "something longer";
  const fs::path link = directory_ / "link.json";
  fs::create_symlink(path_, link);
  OutputFile file(link.string());
  EXPECT_EQ(content(), "something longer");
  file.write("{}");
  EXPECT_EQ(content(), "{}");
  EXPECT_TRUE(fs::is_symlink(link));
}

TEST_F(OutputFileTest, WhatWasWrittenIsReadBack) {
  OutputFile(path_.string()).write("{}");
  EXPECT_NO_THROW(require_written(path_.string(), "{}"));
  EXPECT_THROW(require_written(path_.string(), "{\"a\": 1}"), std::runtime_error);
  OutputFile(path_.string()).write("{\"a\": NaN}");
  EXPECT_THROW(require_written(path_.string(), "{\"a\": NaN}"), std::runtime_error);
}

}  // namespace
}  // namespace warpgauge::bench
