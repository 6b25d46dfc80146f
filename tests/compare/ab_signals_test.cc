// `compare ab` that is asked to end, at any moment: it ends with a report and exit code 4, and leaves no
// process and no temporary folder.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/compare/ab_run_test_support.h"
#include "tests/compare/processes_left.h"

namespace warpgauge {
namespace {

namespace fs = std::filesystem;

class AbSignals : public AbRun {
 protected:
  void SetUp() override {
    fs::create_directory(path("tmp"));
    // Each process lists or measures for a while, beside a daemon.
    std::ofstream(path("slow")) << "#!/bin/sh\nsetsid sleep 1000 &\nsleep 0.2\nexec " WARPGAUGE_FAKE_BENCH
                                   " --cases=3 \"$@\"\n";
    fs::permissions(path("slow"), fs::perms::owner_all);
  }

  // Sends the signal `delay_ms` after the run made its temporary folder. Returns the wait status.
  int signalled(int signal, int delay_ms) {
    std::vector<std::string> words{WARPGAUGE_COMPARE,   "ab",   path("slow"), path("slow"),
                                   "--blocks",          "1000", "--json",     path("report.json"),
                                   "--process-seconds", "0.1"};
    std::vector<std::string> variables{"TMPDIR=" + path("tmp"), std::string(kProcessMark) + "=" + path(""),
                                       "PATH=/usr/bin:/bin"};
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    for (const auto& [stream, file] : {std::pair(STDOUT_FILENO, "stdout"), {STDERR_FILENO, "stderr"}})
      posix_spawn_file_actions_addopen(&files, stream, path(file).c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                       0644);
    pid_t child = 0;
    EXPECT_EQ(posix_spawn(&child, WARPGAUGE_COMPARE, &files, nullptr, pointers(words).data(),
                          pointers(variables).data()),
              0);
    posix_spawn_file_actions_destroy(&files);
    for (int i = 0; i < 10'000 && fs::is_empty(path("tmp")); ++i) usleep(1000);
    usleep(1000 * static_cast<unsigned>(delay_ms));
    kill(child, signal);
    int status = 0;
    waitpid(child, &status, 0);
    return status;
  }

 private:
  static std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (std::string& text : texts) all.push_back(text.data());
    all.push_back(nullptr);
    return all;
  }
};

TEST_F(AbSignals, end_the_run_with_a_report_at_any_moment) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT})
    for (const int delay_ms : {0, 3, 50, 300, 700, 1500}) {
      const std::string what = std::string(strsignal(signal)) + " after " + std::to_string(delay_ms) + " ms";
      const int status = signalled(signal, delay_ms);
      ASSERT_TRUE(WIFEXITED(status)) << what;
      EXPECT_EQ(WEXITSTATUS(status), 4) << what << errors();
      EXPECT_EQ(report()["verdict"], "undecided") << what;
      EXPECT_NE(errors().find("the run ends early: interrupted"), std::string::npos) << what;
      EXPECT_EQ(processes_left(path("")), 0) << what;
      EXPECT_TRUE(fs::is_empty(path("tmp"))) << what;
      fs::remove(path("report.json"));
    }
}

// What nothing can handle ends the process that ab started, too.
TEST_F(AbSignals, kill_ends_the_process_that_runs) {
  std::ofstream(path("slow")) << "#!/bin/sh\nexec sleep 1000\n";
  signalled(SIGKILL, 100);
  EXPECT_EQ(processes_left(path("")), 0);
}

}  // namespace
}  // namespace warpgauge
