#include "base/child.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "base/atomic_file.h"
#include "base/scratch_directory.h"

namespace warpgauge {
namespace {

const std::atomic<bool> kNever{false};

ChildResult shell(const std::string& script, double timeout_s = 30, const std::string& output = "") {
  return run_child({"/bin/sh", {"-c", script}, {"WARPGAUGE_TEST=seen"}, output, "", timeout_s}, kNever);
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(child, exit_codes_and_signals_are_distinguished) {
  EXPECT_TRUE(shell("exit 0").ok());
  EXPECT_EQ(shell("exit 3").describe(), "exit 3");
  const ChildResult killed = shell("kill -SEGV $$");
  EXPECT_FALSE(killed.ok());
  EXPECT_EQ(killed.describe(), "killed by signal 11 (Segmentation fault)");
}

TEST(child, one_that_does_not_exist_is_reported) {
  const ChildResult result = run_child({"/no/such/program", {}, {}, "", "", 0}, kNever);
  EXPECT_EQ(result.end, ChildResult::End::not_started);
  EXPECT_EQ(result.describe(), "could not be started: No such file or directory");
}

TEST(child, output_environment_and_a_closed_input) {
  const ScratchDirectory scratch;
  const std::string out = scratch.path() + "/out";
  EXPECT_TRUE(shell("cat; echo $WARPGAUGE_TEST", 30, out).ok());
  EXPECT_EQ(text_of(out), "seen\n");
}

TEST(child, a_time_limit_ends_it_and_its_children) {
  const ScratchDirectory scratch;
  const std::string pid_file = scratch.path() + "/pid";
  const ChildResult result = shell("sleep 1000 & echo $! > " + pid_file + "; wait", 0.5);
  EXPECT_EQ(result.end, ChildResult::End::timed_out);
  const pid_t grandchild = std::stoi(text_of(pid_file));
  for (int n = 0; n < 500 && kill(grandchild, 0) == 0; ++n) {
    // Killed, but a zombie until its new parent has looked: then its state is Z.
    if (text_of("/proc/" + std::to_string(grandchild) + "/stat").find(") Z ") != std::string::npos) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(kill(grandchild, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST(scratch_directory, is_made_in_tmpdir_or_else_in_tmp) {
  const char* before = std::getenv("TMPDIR");
  const std::string kept = before ? before : "";
  const ScratchDirectory outer;
  setenv("TMPDIR", outer.path().c_str(), 1);
  EXPECT_EQ(std::filesystem::path(ScratchDirectory().path()).parent_path(), outer.path());
  setenv("TMPDIR", "/no/such/folder", 1);
  EXPECT_EQ(std::filesystem::path(ScratchDirectory().path()).parent_path(), "/tmp");
  setenv("TMPDIR", "/proc", 1);
  EXPECT_THROW(ScratchDirectory(), OutputError);
  before ? setenv("TMPDIR", kept.c_str(), 1) : unsetenv("TMPDIR");
}

TEST(child, an_interruption_ends_it) {
  std::atomic<bool> interrupted{false};
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    interrupted = true;
  });
  const ChildResult result = run_child({"/bin/sleep", {"1000"}, {}, "", "", 0}, interrupted);
  later.join();
  EXPECT_EQ(result.end, ChildResult::End::interrupted);
  EXPECT_EQ(result.describe(), "interrupted");
}

}  // namespace
}  // namespace warpgauge
