#include "base/child.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
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

TEST(child, a_lack_of_descriptors_is_no_fault_of_the_command) {
  EXPECT_TRUE((ChildResult{ChildResult::End::not_started, EMFILE, 0}).lacked_resources());
  EXPECT_FALSE((ChildResult{ChildResult::End::not_started, ENOENT, 0}).lacked_resources());
  const ChildResult unreadable{ChildResult::End::unreadable, EIO, 0};
  EXPECT_TRUE(unreadable.lacked_resources());
  EXPECT_FALSE(unreadable.ok());
  EXPECT_EQ(unreadable.describe(), "its output could not be read: Input/output error");
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

TEST(child, output_and_errors_come_through_pipes_up_to_a_limit) {
  ChildCommand command{"/bin/sh", {"-c", "echo out; echo err >&2"}, {}, "", "", 30};
  command.captured_output = command.captured_errors = 100;
  const ChildResult both = run_child(command, kNever);
  EXPECT_TRUE(both.ok());
  EXPECT_EQ(both.output, "out\n");
  EXPECT_EQ(both.errors, "err\n");
  command.arguments = {"-c", "yes | head -c 1000 >&2; yes"};
  const ChildResult endless = run_child(command, kNever);
  EXPECT_EQ(endless.end, ChildResult::End::too_large) << endless.describe();
  EXPECT_EQ(endless.output.size(), 100u);
  EXPECT_EQ(endless.errors.size(), 100u);
  command.arguments = {"-c", "head -c 101 /dev/zero"};  // it has ended by then
  EXPECT_EQ(run_child(command, kNever).end, ChildResult::End::too_large);
}

TEST(child, a_file_that_grows_too_large_ends_it) {
  const ScratchDirectory scratch;
  ChildCommand command{"/bin/sh", {"-c", "truncate -s 11 $FILE; sleep 1000"}, {}, "", "", 30};
  command.limited_file = scratch.path() + "/file";
  command.environment = {"FILE=" + command.limited_file};
  command.most_file_bytes = 10;
  EXPECT_EQ(run_child(command, kNever).end, ChildResult::End::too_large);
  command.arguments = {"-c", "truncate -s 11 $FILE"};
  EXPECT_EQ(run_child(command, kNever).end, ChildResult::End::too_large);
  std::filesystem::remove(command.limited_file);
  command.arguments = {"-c", "truncate -s 10 $FILE"};
  EXPECT_TRUE(run_child(command, kNever).ok());
}

TEST(child, a_daemon_ends_with_it_and_other_children_stay) {
  const ScratchDirectory scratch;
  const std::string pid_file = scratch.path() + "/pid";
  const pid_t other = fork();
  if (other == 0) {
    sleep(1000);
    _exit(0);
  }
  ChildCommand command{
      "/bin/sh", {"-c", "setsid sh -c 'echo $$ >" + pid_file + "; sleep 1000 & sleep 1000' & sleep 0.2"},
      {},        "",
      "",        30};
  command.ends_descendants = true;
  EXPECT_TRUE(run_child(command, kNever).ok());
  EXPECT_EQ(kill(std::stoi(text_of(pid_file)), 0), -1);
  EXPECT_EQ(errno, ESRCH);
  EXPECT_EQ(kill(other, 0), 0);
  kill(other, SIGKILL);
  waitpid(other, nullptr, 0);
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
