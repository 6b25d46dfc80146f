#include "base/atomic_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <thread>
#include <vector>

#include "tests/base/temporary_directory.h"

namespace warpgauge {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::ThrowsMessage;

std::size_t files_in(const fs::path& directory) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
}

// Whether write_file fails in a process of its own, after `prepare` there.
template <class Prepare>
testing::AssertionResult write_fails(const fs::path& path, const std::string& text, Prepare prepare) {
  constexpr int kFailed = 5;
  const pid_t child = fork();
  if (child == 0) {
    prepare();
    try {
      write_file(path, text);
    } catch (const OutputError&) {
      ::_exit(kFailed);
    }
    ::_exit(0);
  }
  int status = 0;
  if (::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == kFailed)
    return testing::AssertionSuccess();
  return testing::AssertionFailure() << "wait status " << status;
}

TEST(AtomicFile, CreatesAndReplaces) {
  const TemporaryDirectory directory;
  const fs::path path = directory / "a.json";
  EXPECT_EQ(read_if_there(path), std::nullopt);
  write_file(path, "one");
  EXPECT_EQ(read_if_there(path), "one");
  write_file(path, "two");
  EXPECT_EQ(read_if_there(path), "two");
  EXPECT_EQ(files_in(directory.path()), 1u);
}

TEST(AtomicFile, KeepsTheMode) {
  const TemporaryDirectory directory;
  const fs::path path = directory / "a.json";
  write_file(path, "one");
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  write_file(path, "two");
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST(AtomicFile, RefusesASymbolicLink) {
  const TemporaryDirectory directory;
  write_file(directory / "target", "old");
  fs::create_symlink(directory / "target", directory / "link");
  EXPECT_THAT([&] { write_file(directory / "link", "new"); },
              ThrowsMessage<OutputError>(HasSubstr("symbolic link")));
  EXPECT_THROW((void)read_if_there(directory / "link"), OutputError);
  EXPECT_EQ(read_if_there(directory / "target"), "old");
}

TEST(AtomicFile, RefusesADirectory) {
  const TemporaryDirectory directory;
  EXPECT_THROW(write_file(directory.path(), "x"), OutputError);
  EXPECT_THROW((void)read_if_there(directory.path()), OutputError);
}

TEST(AtomicFile, NamesTheMissingDirectory) {
  const TemporaryDirectory directory;
  EXPECT_THAT([&] { write_file(directory / "no/a.json", "x"); },
              ThrowsMessage<OutputError>(HasSubstr("No such file")));
}

TEST(AtomicFile, RemovesWhatAKilledWriterLeft) {
  const TemporaryDirectory directory;
  write_file(directory / ".a.json.tmp", "half");
  write_file(directory / "a.json", "whole");
  EXPECT_EQ(read_if_there(directory / "a.json"), "whole");
  EXPECT_EQ(files_in(directory.path()), 1u);
}

TEST(AtomicFile, WritesToDevices) {
  EXPECT_NO_THROW(write_file("/dev/null", "x"));
  EXPECT_THAT([] { write_file("/dev/full", "x"); }, ThrowsMessage<OutputError>(HasSubstr("No space left")));
  EXPECT_THAT([] { append_file("/dev/full", "x"); }, ThrowsMessage<OutputError>(HasSubstr("No space left")));
}

TEST(AtomicFile, WritesToAFifo) {
  const TemporaryDirectory directory;
  const fs::path path = directory / "fifo";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  std::thread writer([&] { write_file(path, "through"); });
  char text[16] = {};
  const int fifo = ::open(path.c_str(), O_RDONLY);
  EXPECT_EQ(::read(fifo, text, sizeof text), 7);
  writer.join();
  ::close(fifo);
  EXPECT_STREQ(text, "through");
  EXPECT_TRUE(fs::is_fifo(path)) << "it was replaced by a file";
}

TEST(AtomicFile, ReportsNamesThatNoFileCanHave) {
  const TemporaryDirectory directory;
  const fs::path path = directory / std::string(300, 'x');
  EXPECT_THAT([&] { write_file(path, "x"); }, ThrowsMessage<OutputError>(HasSubstr("File name too long")));
  EXPECT_THAT([&] { (void)read_if_there(path); },
              ThrowsMessage<OutputError>(HasSubstr("File name too long")));
  EXPECT_THAT([&] { append_file(path, "x"); }, ThrowsMessage<OutputError>(HasSubstr("File name too long")));
  write_file(directory / "file", "x");
  EXPECT_EQ(read_if_there(directory / "file/below"), std::nullopt);
  EXPECT_THAT([&] { update_file(directory / "file/below/a.json", std::nullopt, "x"); },
              ThrowsMessage<OutputError>(HasSubstr("directory above")));
}

TEST(AtomicFile, AFileOfTheWorkingDirectoryNeedsNoFolderInItsName) {
  const TemporaryDirectory directory;
  const fs::path before = fs::current_path();
  fs::current_path(directory.path());
  write_file("a.json", "text");
  EXPECT_EQ(read_if_there("a.json"), "text");
  fs::current_path(before);
}

TEST(AtomicFile, ReportsAMissingTerminal) {
  EXPECT_TRUE(write_fails("/dev/tty", "x", [] { ::setsid(); }));  // a new session has no terminal
}

// Signals come while another writer holds the folder, and while nobody reads.
TEST(AtomicFile, ASignalLosesNoWrite) {
  struct sigaction quiet {};
  struct sigaction before {};
  quiet.sa_handler = [](int) {};
  ASSERT_EQ(::sigaction(SIGUSR1, &quiet, &before), 0);
  const TemporaryDirectory directory;
  const auto shower = [](std::thread& thread) {
    for (int i = 0; i < 20; ++i) {
      ::usleep(5'000);
      ::pthread_kill(thread.native_handle(), SIGUSR1);
    }
  };
  const int held = ::open(directory.path().c_str(), O_RDONLY);
  ASSERT_EQ(::flock(held, LOCK_EX), 0);
  std::thread waiting([&] { write_file(directory / "a.json", "text"); });
  shower(waiting);
  ::close(held);
  waiting.join();
  EXPECT_EQ(read_if_there(directory / "a.json"), "text");

  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const std::string much(200'000, 'x');
  std::thread writing([&] { write_all(ends[1], much, "a pipe"); });
  shower(writing);
  std::size_t got = 0;
  for (std::string part(4096, ' '); got < much.size();)
    got += static_cast<std::size_t>(std::max<ssize_t>(0, ::read(ends[0], part.data(), part.size())));
  writing.join();
  EXPECT_EQ(got, much.size());
  for (const int end : ends) ::close(end);
  ::sigaction(SIGUSR1, &before, nullptr);
}

// A file may not grow beyond a limit: as good as a full disk.
TEST(AtomicFile, AFullDiskLeavesTheOldFile) {
  const TemporaryDirectory directory;
  const fs::path path = directory / "a.json";
  write_file(path, "old");
  EXPECT_TRUE(write_fails(path, std::string(5000, 'x'), [] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1000, 1000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }));
  EXPECT_EQ(read_if_there(path), "old");
  EXPECT_EQ(files_in(directory.path()), 1u);
}

TEST(UpdateFile, CreatesTheDirectoriesAbove) {
  const TemporaryDirectory directory;
  update_file(directory / "x/y/a.json", std::nullopt, "new");
  EXPECT_EQ(read_if_there(directory / "x/y/a.json"), "new");
}

TEST(UpdateFile, RefusesAFileThatWasChangedSince) {
  const TemporaryDirectory directory;
  const fs::path path = directory / "a.json";
  write_file(path, "theirs");
  EXPECT_THAT([&] { update_file(path, "mine as read", "mine"); },
              ThrowsMessage<OutputError>(HasSubstr("changed")));
  EXPECT_THROW(update_file(path, std::nullopt, "mine"), OutputError);
  EXPECT_EQ(read_if_there(path), "theirs");
}

// Of many that count up at the same time no step is lost.
TEST(UpdateFile, NoUpdateIsLost) {
  const TemporaryDirectory directory;
  const fs::path path = directory / "a.json";
  constexpr int kThreads = 4, kSteps = 25;
  const auto count_up = [&] {
    for (int step = 0; step < kSteps;) {
      const auto before = read_if_there(path);
      try {
        update_file(path, before, std::to_string(before ? std::stoi(*before) + 1 : 1));
        ++step;
      } catch (const OutputError&) {  // somebody was faster
      }
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(count_up);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(read_if_there(path), std::to_string(kThreads * kSteps));
}

// WARPGAUGE_KILLS: how many moments to try (30).
TEST(AtomicFile, KillAtRandomMomentsLeavesTheOldOrTheNewFile) {
  const TemporaryDirectory directory;
  const fs::path path = directory / "a.json";
  const char* wanted = std::getenv("WARPGAUGE_KILLS");
  const int kills = wanted ? std::atoi(wanted) : 30;
  const std::string texts[] = {std::string(400'000, 'a') + "\n", std::string(300'000, 'b') + "\n"};
  write_file(path, texts[0]);
  std::mt19937 draw(1);
  for (int i = 0; i < kills; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      for (std::size_t step = 0;; ++step) write_file(path, texts[step % 2]);
    }
    ::usleep(static_cast<useconds_t>(draw() % 20'000));
    ::kill(child, SIGKILL);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    const auto text = read_if_there(path);
    ASSERT_TRUE(text == texts[0] || text == texts[1]) << "after kill " << i;
    ASSERT_LE(files_in(directory.path()), 2u);
  }
}

}  // namespace
}  // namespace warpgauge
