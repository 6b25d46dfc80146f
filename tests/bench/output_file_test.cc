#include "bench/output_file.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "base/atomic_file.h"
#include "tests/base/temporary_directory.h"

namespace warpgauge::bench {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class OutputFileTest : public testing::Test {
 protected:
  static std::string content(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  long files() const { return std::distance(fs::directory_iterator(directory_.path()), {}); }

  const TemporaryDirectory directory_;
  const std::string path_ = directory_ / "out.json";
};

TEST_F(OutputFileTest, WritesOneFileAndReplacesIt) {
  write_output(path_, "{}");
  EXPECT_EQ(content(path_), "{}");
  write_output(path_, "new");
  EXPECT_EQ(content(path_), "new");
  EXPECT_EQ(files(), 1);
}

TEST_F(OutputFileTest, CheckingAPathChangesNothing) {
  require_writable(path_);
  EXPECT_EQ(files(), 0);
  std::ofstream(path_) << "old";
  require_writable(path_);
  EXPECT_EQ(content(path_), "old");
  EXPECT_EQ(files(), 1);
}

TEST_F(OutputFileTest, APathThatCannotBeWrittenIsReportedBeforehand) {
  EXPECT_THAT([&] { require_writable(directory_ / "no/such.json"); },
              ThrowsMessage<OutputError>(HasSubstr("no/such.json: cannot be written: No such file")));
  EXPECT_THAT([&] { require_writable(directory_.path()); },
              ThrowsMessage<OutputError>(HasSubstr(": is a folder; name a file in it")));
}

TEST_F(OutputFileTest, AFullDeviceIsAnError) {
  require_writable("/dev/full");
  EXPECT_THAT([] { write_output("/dev/full", "{}"); },
              ThrowsMessage<OutputError>(HasSubstr("/dev/full: cannot be written")));
}

TEST_F(OutputFileTest, ADeviceIsWrittenDirectly) {
  require_writable("/dev/null");
  write_output("/dev/null", "{}");
}

TEST_F(OutputFileTest, CheckingAFifoDoesNotWaitForItsReader) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  require_writable(path_);
}

TEST_F(OutputFileTest, ALinkIsWrittenThroughNotReplaced) {
  std::ofstream(path_) << "something longer";
  const std::string link = directory_ / "link.json";
  fs::create_symlink(path_, link);
  require_writable(link);
  EXPECT_EQ(content(path_), "something longer");
  write_output(link, "{}");
  EXPECT_EQ(content(path_), "{}");
  EXPECT_TRUE(fs::is_symlink(link));
}

TEST_F(OutputFileTest, SavesResultsElsewhere) {
  const std::string saved = save_elsewhere("{}");
  EXPECT_EQ(content(saved), "{}");
  EXPECT_TRUE(fs::remove(saved));
}

}  // namespace
}  // namespace warpgauge::bench
