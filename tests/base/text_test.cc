#include "base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/base/complaint.h"

namespace warpgauge {
namespace {

using ::testing::HasSubstr;

class File : public ::testing::Test {
 protected:
  File() : dir_(std::filesystem::path(::testing::TempDir()) / ("input_text_" + std::to_string(getpid()))) {
    std::filesystem::create_directories(dir_);
  }
  ~File() override { std::filesystem::remove_all(dir_); }
  std::string path(const char* name) const { return dir_ / name; }
  std::string write(const char* name, std::string_view bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }
  std::string complaint(const std::string& file, std::size_t max_bytes = kMaxFileBytes) const {
    return complaint_of([&] { (void)read_file(file, max_bytes); });
  }

  std::filesystem::path dir_;
};

TEST_F(File, IsReadByteForByte) {
  const std::string bytes("a\0\r\n\xff", 5);
  EXPECT_EQ(read_file(write("a", bytes)), bytes);
  EXPECT_EQ(read_file(write("b", "")), "");
}

TEST_F(File, OfUnknownSizeIsReadToItsEnd) {
  EXPECT_THAT(read_file("/proc/self/status"), HasSubstr("VmPeak"));
}

TEST_F(File, ThatIsAbsentIsNamed) {
  EXPECT_EQ(
      complaint(path("absent")),
      path("absent") + ": cannot be opened: No such file or directory; check the path and its permissions");
}

TEST_F(File, DirectoryIsRefused) {
  EXPECT_EQ(complaint(dir_), dir_.string() + ": is a directory, not a file; give the files in it");
}

TEST_F(File, FifoIsRefusedWithoutWaitingForAWriter) {
  ASSERT_EQ(mkfifo(path("fifo").c_str(), 0600), 0);
  EXPECT_EQ(complaint(path("fifo")), path("fifo") + ": is a FIFO, not a file; give a regular file");
}

TEST_F(File, PipesAreReadToTheirEndUpToALimit) {
  EXPECT_EQ(read_pipe("/dev/null"), "");
  EXPECT_EQ(complaint_of([] { (void)read_pipe("/dev/zero", 1 << 20); }),
            "/dev/zero: is larger than 1 MiB; give the results of each process in its own file");
  ASSERT_EQ(mkfifo(path("fifo").c_str(), 0600), 0);
  EXPECT_EQ(read_pipe(path("fifo")), "") << "nothing writes to it";
}

TEST_F(File, DeviceIsRefused) {
  EXPECT_THAT(complaint("/dev/zero"), HasSubstr("is a device, not a file"));
}

TEST_F(File, SocketIsRefused) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path("socket").copy(address.sun_path, sizeof address.sun_path - 1);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  // Linux does not even open one.
  EXPECT_THAT(complaint(path("socket")), HasSubstr("cannot be opened: No such device or address"));
  ::close(socket);
}

TEST_F(File, ThatCannotBeReadIsReported) {
  EXPECT_EQ(complaint("/proc/self/mem"),
            "/proc/self/mem: cannot be read: Input/output error; check the path and its permissions");
}

TEST_F(File, OverTheLimitIsRefusedBeforeItIsRead) {
  const std::string file = write("sparse", "x");  // 1 TiB: reading it first would end in bad_alloc
  ASSERT_EQ(truncate(file.c_str(), off_t{1} << 40), 0);
  EXPECT_EQ(complaint(file),
            file + ": is larger than 1024 MiB; give the results of each process in its own file");
}

TEST_F(File, AtTheLimitIsRead) {
  EXPECT_EQ(complaint(write("four", "1234"), 4), "");
  EXPECT_NE(complaint(write("five", "12345"), 4), "");
}

// A file in /proc says that it is empty: what it turns out to hold is held against the cap, too.
TEST_F(File, ThatGrowsOverTheLimitIsRefused) {
  EXPECT_THAT(complaint("/proc/self/status", 16), HasSubstr("larger"));
}

TEST_F(File, InsideAFolderIsReadAndNothingOutsideOfIt) {
  const std::string folder = path("folder");
  std::filesystem::create_directories(folder + "/inner");
  std::ofstream(folder + "/inner/file") << "text";
  write("outside", "secret");
  std::filesystem::create_symlink("inner/file", folder + "/link");
  std::filesystem::create_directory_symlink("..", folder + "/up");
  ASSERT_EQ(mkfifo((folder + "/fifo").c_str(), 0600), 0);
  EXPECT_EQ(read_file_inside(folder, "inner/file"), "text");
  EXPECT_EQ(read_file_inside(folder, "./inner//file"), "text");
  const auto complaint_inside = [&](const std::string& name, std::size_t most = 100) {
    return complaint_of([&] { (void)read_file_inside(folder, name, most); });
  };
  EXPECT_THAT(complaint_inside("../outside"), HasSubstr("is outside the folder"));
  EXPECT_THAT(complaint_inside("inner/../../outside"), HasSubstr("is outside the folder"));
  EXPECT_THAT(complaint_inside(path("outside")), HasSubstr("is outside the folder"));
  EXPECT_THAT(complaint_inside(std::string("inner/file\0x", 12)), HasSubstr("is outside the folder"));
  EXPECT_THAT(complaint_inside("link"), HasSubstr("folder/link: is a symbolic link, which is not followed"));
  EXPECT_THAT(complaint_inside("up/outside"), HasSubstr("folder/up/outside: cannot be opened"));
  EXPECT_THAT(complaint_inside("fifo"), HasSubstr("is a FIFO, not a file"));
  EXPECT_THAT(complaint_inside("inner"), HasSubstr("is a directory, not a file"));
  EXPECT_THAT(complaint_inside(""), HasSubstr("is a directory, not a file"));
  EXPECT_THAT(complaint_inside("none"), HasSubstr("No such file"));
  EXPECT_THAT(complaint_inside("inner/file", 3), HasSubstr("is larger than"));
}

TEST(Text, Utf16IsDetectedByItsFirstBytes) {
  for (const std::string_view bytes : {std::string_view("\xff\xfe{\0", 4), std::string_view("\xfe\xff\0{", 4),
                                       std::string_view("{\0", 2), std::string_view("\0{", 2)}) {
    EXPECT_THAT(complaint_of([&] { (void)checked_text(bytes, "f"); }), HasSubstr("is UTF-16"));
  }
  EXPECT_EQ(complaint_of([] { (void)checked_text("1", "f"); }), "");
}

TEST(Text, ByteOrderMarkIsSkipped) {
  EXPECT_EQ(checked_text("\xef\xbb\xbf{}", "f"), "{}");
}

TEST(Text, Utf8CharactersHaveOneToFourBytes) {
  EXPECT_EQ(utf8_character_bytes("a"), 1U);
  EXPECT_EQ(utf8_character_bytes("\xc3\xa4..."), 2U);
  EXPECT_EQ(utf8_character_bytes("\xe2\x82\xac"), 3U);
  EXPECT_EQ(utf8_character_bytes("\xf0\x9f\x9a\x80"), 4U);
  EXPECT_EQ(utf8_character_bytes("\xf4\x8f\xbf\xbf"), 4U);  // U+10FFFF
}

TEST(Text, InvalidUtf8HasNoCharacter) {
  for (const char* bytes :
       {"\x80", "\xbf", "\xc0\xaf", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x9f\xbf", "\xe2\x82", "\xed\xa0\x80",
        "\xf0\x8f\xbf\xbf", "\xf0\x9f\x9a", "\xf0\x9f", "\xf0\x9f\x9a(", "\xf0\x9f((", "\xe2\x82(",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    EXPECT_EQ(utf8_character_bytes(bytes), 0U) << printable(bytes);
  }
}

TEST(Text, BadByteIsFoundAtEveryOffset) {
  for (std::size_t offset = 0; offset < 20; ++offset) {
    std::string text(24, 'x');
    text[offset] = '\xff';
    EXPECT_THAT(complaint_of([&] { (void)checked_text(text, "f"); }),
                HasSubstr("f:1:" + std::to_string(offset + 1) + ": byte \\xff is not UTF-8"));
  }
}

TEST(Text, PositionsCountFromOne) {
  const std::string_view text = "ab\n\ncd";
  EXPECT_EQ(position_of(text, 0).line, 1U);
  EXPECT_EQ(position_of(text, 0).column, 1U);
  EXPECT_EQ(position_of(text, 2).column, 3U);
  EXPECT_EQ(position_of(text, 3).line, 2U);
  EXPECT_EQ(position_of(text, 5).line, 3U);
  EXPECT_EQ(position_of(text, 5).column, 2U);
}

}  // namespace
}  // namespace warpgauge
