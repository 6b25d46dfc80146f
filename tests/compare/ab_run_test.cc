// `compare ab` from the outside: the real program over a stand-in benchmark binary that misbehaves on demand.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/compare/ab_run_test_support.h"

namespace warpgauge {
namespace {

using testing::HasSubstr;

TEST_F(AbRun, equals_are_unchanged) {
  EXPECT_EQ(ab("--cases=30", "--cases=30"), 0) << errors();
  EXPECT_EQ(count("unchanged"), 30);
}

TEST_F(AbRun, one_slow_case_is_found_and_no_other) {
  EXPECT_EQ(ab("--cases=30", "--cases=30 --slow=/7=1.05"), 1);
  EXPECT_EQ(verdict_of("fake/7"), "regression");
  EXPECT_EQ(count("regression"), 1);
  EXPECT_EQ(count("unchanged"), 29);
}

TEST_F(AbRun, a_fast_case_is_an_improvement_and_passes) {
  EXPECT_EQ(ab("--cases=30", "--cases=30 --slow=/7=0.8"), 0);
  EXPECT_EQ(verdict_of("fake/7"), "improvement");
}

TEST_F(AbRun, all_cases_slow_is_red_on_a_restless_machine) {
  EXPECT_EQ(ab("--cases=30 --common=.005", "--cases=30 --common=.005 --slow=fake=1.05"), 1);
  EXPECT_EQ(count("unchanged"), 0);
}

TEST_F(AbRun, where_base_differs_from_base_the_run_is_undecided) {
  // Both are slow in the second of their places in two blocks: head is base, but base is not base.
  EXPECT_EQ(ab("--cases=8 --slow=fake/3=1.2 --slow-in=4-base", "--cases=8 --slow=fake/3=1.2 --slow-in=3-head",
               {"--blocks", "6"}),
            4);
  EXPECT_THAT(text_of(path("stdout")), HasSubstr("null control: FAILED"));
  EXPECT_EQ(count("regression") + count("improvement"), 0);
}

TEST_F(AbRun, a_head_that_is_slow_now_and_then_is_not_unchanged) {
  const std::string slow = "--cases=8 --slow=fake=1.5 --slow-in=block03";
  EXPECT_EQ(ab("--cases=8", slow, {"--blocks", "8", "--strict"}), 4);
  EXPECT_EQ(count("inconclusive"), 8);
  EXPECT_THAT(text_of(path("stdout")), HasSubstr("unchanged only if 1 of 8 blocks, head "));
  // Of twelve one alone is the machine's.
  EXPECT_EQ(ab("--cases=8", slow, {"--blocks", "6..12"}), 0);
  EXPECT_EQ(count("unchanged"), 8);
}

TEST_F(AbRun, a_crash_that_no_single_case_explains_ends_the_run) {
  EXPECT_EQ(ab("--cases=8", "--cases=8 --crash=fake/3 --crash-interleaved", {"--blocks", "2"}), 1);
  EXPECT_THAT(errors(), HasSubstr("twice, but not when its cases run one after the other"));
  EXPECT_EQ(ab("--cases=8 --plans", "--cases=8 --plans --crash-in-company=fake/3", {"--blocks", "2"}), 1);
  EXPECT_THAT(errors(), HasSubstr("twice, but not when its cases run one after the other"));
}

TEST_F(AbRun, where_no_case_is_left_the_side_that_cost_the_last_one_tells_the_verdict) {
  EXPECT_EQ(ab("--cases=1", "--cases=1 --crash=fake/0", {"--blocks", "2"}), 1);
  EXPECT_THAT(errors(), HasSubstr("no case is left"));
  EXPECT_EQ(ab("--cases=1", "--cases=1 --error=fake/0", {"--blocks", "2"}), 1);
  EXPECT_THAT(errors(), HasSubstr("no case is left"));
  EXPECT_EQ(ab("--cases=1 --error=fake/0", "--cases=1", {"--blocks", "2"}), 4);
  EXPECT_THAT(errors(), HasSubstr("no case is left"));
}

TEST_F(AbRun, a_base_that_ends_the_run_takes_no_red_back) {
  // Head's wrong case is known by then.
  EXPECT_EQ(ab("--cases=8 --extra --plans", "--cases=8 --plans", {"--blocks", "2"}), 4);
  EXPECT_EQ(ab("--cases=8 --noise=.05 --exit=7 --only-in=look2 --plans", "--cases=8 --plans --error=fake/2",
               {"--blocks", "2..4"}),
            1);
}

TEST_F(AbRun, exit_1_with_a_wrong_row_is_a_case_and_with_an_unasked_row_a_fault) {
  // As bench/ ends where it found a wrong case.
  EXPECT_EQ(ab("--cases=8", "--cases=8 --error=fake/2 --exit=1", {"--blocks", "2"}), 1);
  EXPECT_EQ(verdict_of("fake/2"), "failed");
  EXPECT_EQ(count("failed"), 1);
  EXPECT_EQ(ab("--cases=8", "--cases=8 --extra --exit=1", {"--blocks", "2"}), 1);
  EXPECT_THAT(errors(), HasSubstr("a case that it was not asked for"));
}

TEST_F(AbRun, what_a_process_says_on_stderr_is_kept_and_arguments_reach_both) {
  const std::string keep = path("keep");
  std::ofstream(path("talks")) << "#!/bin/sh\necho oops >&2\nexec " WARPGAUGE_FAKE_BENCH " \"$@\"\n";
  chmod(path("talks").c_str(), 0755);
  run({"ab", path("talks"), binary("quiet", ""), "--process-seconds", "0.1", "--blocks", "2", "--keep", keep,
       "--", "--cases=3"});
  EXPECT_EQ(text_of(keep + "/look1/block01/1-base.json.stderr"), "oops\n");
  EXPECT_FALSE(std::filesystem::exists(keep + "/look1/block01/2-head.json.stderr"));
  EXPECT_EQ(report()["cells"].size(), 3u);
}

TEST_F(AbRun, the_command_in_the_report_is_the_one_that_was_run) {
  ab("--cases=1", "--cases=1",
     {"--blocks", "2", "--timeout", "30", "--seed", "7", "--strict", "--", "--noise=0"});
  EXPECT_THAT(std::string(report()["command"]),
              testing::EndsWith(
                  "/head --blocks 2 --process-seconds 0.1 --timeout 30 --seed 7 --strict -- --noise=0"));
  // What was not given is not made up.
  run({"ab", binary("base", "--cases=1"), binary("head", "--cases=1"), "--filter", "^nope$"});
  EXPECT_THAT(std::string(report()["command"]), testing::EndsWith(" --filter '^nope$' --blocks 6..24"));
}

TEST_F(AbRun, a_base_that_cannot_say_its_time_costs_the_case) {
  EXPECT_EQ(ab("--cases=8 --error=fake/2", "--cases=8", {"--blocks", "2"}), 4);
  EXPECT_EQ(verdict_of("fake/2"), "errored");
}

TEST_F(AbRun, a_crash_in_head_costs_its_case_and_is_red) {
  EXPECT_EQ(ab("--cases=8", "--cases=8 --crash=fake/3", {"--blocks", "3"}), 1);
  EXPECT_EQ(verdict_of("fake/3"), "failed");
  EXPECT_EQ(count("failed"), 1);
  EXPECT_EQ(report()["cells"].size(), 8u);
  EXPECT_THAT(errors(), HasSubstr("taken out: fake/3, head: killed by signal 9 (Killed)"));
}

TEST_F(AbRun, a_crash_of_a_binary_that_always_interleaves_costs_its_case) {
  EXPECT_EQ(ab("--cases=8 --plans", "--cases=8 --plans --crash=fake/3", {"--blocks", "3"}), 1);
  EXPECT_EQ(verdict_of("fake/3"), "failed");
  EXPECT_EQ(count("failed"), 1);
  EXPECT_THAT(errors(), HasSubstr("taken out: fake/3, head: killed by signal 9 (Killed)"));
}

TEST_F(AbRun, a_crash_in_base_costs_its_case_and_leaves_the_run_undecided) {
  EXPECT_EQ(ab("--cases=8 --crash=fake/3", "--cases=8", {"--blocks", "3"}), 4);
  EXPECT_EQ(verdict_of("fake/3"), "errored");
  EXPECT_THAT(text_of(path("stdout")), HasSubstr("base binary: killed by signal 9"));
}

TEST_F(AbRun, a_hang_costs_its_case) {
  EXPECT_EQ(ab("--cases=8", "--cases=8 --hang=fake/2", {"--blocks", "2", "--timeout", "1"}), 1);
  EXPECT_EQ(verdict_of("fake/2"), "failed");
  EXPECT_THAT(errors(), HasSubstr("timed out after 1 s"));
}

TEST_F(AbRun, exit_0_with_an_error_row_or_without_a_row_is_a_failure) {
  EXPECT_EQ(ab("--cases=8", "--cases=8 --error=fake/2", {"--blocks", "2"}), 1);
  EXPECT_EQ(verdict_of("fake/2"), "failed");
  EXPECT_EQ(ab("--cases=8", "--cases=8 --omit=fake/2", {"--blocks", "2"}), 1);
  EXPECT_EQ(verdict_of("fake/2"), "failed");
}

TEST_F(AbRun, rows_that_nobody_asked_for_end_the_run) {
  EXPECT_EQ(ab("--cases=8", "--cases=8 --extra", {"--blocks", "2"}), 1);
  EXPECT_THAT(errors(), HasSubstr("head binary: its results hold a case that it was not asked for"));
  EXPECT_EQ(ab("--cases=8 --extra", "--cases=8", {"--blocks", "2"}), 4);
}

TEST_F(AbRun, more_than_five_crashing_cases_end_the_run) {
  EXPECT_EQ(ab("--cases=20", "--cases=20 --crash-from=fake/3", {"--blocks", "2"}), 1);
  EXPECT_THAT(errors(), HasSubstr("5 cases were taken out already"));
}

TEST_F(AbRun, an_exit_code_that_nothing_explains_ends_the_run) {
  EXPECT_EQ(ab("--cases=8", "--cases=8 --exit=7", {"--blocks", "2"}), 1);
  EXPECT_THAT(errors(), HasSubstr("exit 7, with every case in its results"));
}

TEST_F(AbRun, cases_of_one_side_only_are_missing_or_new) {
  EXPECT_EQ(ab("--cases=9", "--cases=8", {"--blocks", "2"}), 4);
  EXPECT_EQ(verdict_of("fake/8"), "missing");
  EXPECT_EQ(ab("--cases=9", "--cases=8", {"--blocks", "6", "--allow-missing"}), 0);
  EXPECT_EQ(ab("--cases=8", "--cases=9", {"--blocks", "6"}), 0);
  EXPECT_EQ(verdict_of("fake/8"), "new");
}

TEST_F(AbRun, where_no_case_is_on_both_sides_nothing_is_run) {
  const std::string keep = path("keep");
  EXPECT_EQ(ab("--cases=1", "--cases=2", {"--filter", "/1$", "--keep", keep}), 4);
  EXPECT_EQ(verdict_of("fake/1"), "new");
  EXPECT_THAT(text_of(path("stdout")), HasSubstr("no case is on both sides"));
  EXPECT_EQ(errors(), "");
  EXPECT_FALSE(std::filesystem::exists(keep + "/look0"));
  const std::string live = text_of(path("report.json"));
  EXPECT_EQ(run({"gate", "--run", keep}), 4);
  EXPECT_EQ(text_of(path("report.json")), live);
  EXPECT_EQ(ab("--cases=2", "--cases=2", {"--filter", "^nope$"}), 4);
  EXPECT_EQ(report()["cells"].size(), 0u);
}

TEST_F(AbRun, the_filter_chooses_the_cases) {
  EXPECT_EQ(ab("--cases=20", "--cases=20", {"--blocks", "2", "--filter", "/1.$"}), 0);
  EXPECT_EQ(report()["cells"].size(), 10u);
}

// The run with results kept in `kept`, interrupted once the process whose results go to this part of their
// path hangs; its exit code.
class Interrupted : public AbRun {
 protected:
  int interrupted(const std::string& base_flags, const std::string& head_flags, const std::string& place) {
    const std::string base = binary("base", base_flags + " --only-in=" + place + " --hang=fake/3");
    std::vector<std::string> words{WARPGAUGE_COMPARE,
                                   "ab",
                                   base,
                                   binary("head", head_flags),
                                   "--process-seconds",
                                   "0.1",
                                   "--json",
                                   path("report.json"),
                                   "--keep",
                                   path("kept")};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t quiet;
    posix_spawn_file_actions_init(&quiet);
    for (const auto& [stream, file] : {std::pair(STDOUT_FILENO, "stdout"), {STDERR_FILENO, "stderr"}})
      posix_spawn_file_actions_addopen(&quiet, stream, path(file).c_str(), O_WRONLY | O_CREAT, 0644);
    pid_t child = 0;
    EXPECT_EQ(posix_spawn(&child, WARPGAUGE_COMPARE, &quiet, nullptr, arguments.data(), environ), 0);
    posix_spawn_file_actions_destroy(&quiet);
    for (int i = 0; i < 600 && access(path("kept/" + place).c_str(), F_OK) != 0; ++i) usleep(100'000);
    kill(child, SIGINT);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status));
    return WEXITSTATUS(status);
  }
};

TEST_F(Interrupted, before_the_first_look_nothing_is_known) {
  EXPECT_EQ(interrupted("--cases=4", "--cases=4", "look1"), 4) << errors();
  EXPECT_EQ(count("inconclusive"), 4);
  EXPECT_EQ(report()["verdict"], "undecided");
}

TEST_F(Interrupted, what_was_proved_by_then_stands) {
  EXPECT_EQ(interrupted("--cases=4 --noise=0.1", "--cases=4 --noise=0.1 --slow=fake/0=5", "look2"), 1)
      << errors();
  EXPECT_EQ(verdict_of("fake/0"), "regression");
  EXPECT_EQ(report()["verdict"], "regression");
  EXPECT_THAT(text_of(path("stdout")), HasSubstr("the run ended early: interrupted"));
}

TEST_F(AbRun, no_path_of_its_scratch_gets_into_a_report) {
  EXPECT_EQ(ab("--cases=2 --slow=fake=-1", "--cases=2", {"--blocks", "2"}), 4) << errors();
  EXPECT_THAT(errors(), HasSubstr("exit 0, but look0/block00/0-base.json: "));
  EXPECT_THAT(errors() + text_of(path("stdout")), Not(HasSubstr("/tmp")));
}

TEST_F(AbRun, what_cannot_be_run_is_said_so) {
  EXPECT_EQ(run({"ab", path("absent"), path("absent")}), 2);
  EXPECT_THAT(errors(), HasSubstr("no file that could be run"));
  EXPECT_EQ(ab("--cases=0", "--cases=8"), 2);
  EXPECT_THAT(errors(), HasSubstr("lists no case"));
  EXPECT_EQ(ab("--cases=8", "--cases=8", {"--blocks", "24..6"}), 2);
  EXPECT_THAT(errors(), HasSubstr("--blocks '24..6'"));
  std::filesystem::create_directories(path("full/x"));
  EXPECT_EQ(ab("--cases=8", "--cases=8", {"--keep", path("full")}), 2);
  EXPECT_THAT(errors(), HasSubstr("is not empty"));
  EXPECT_EQ(run({"gate", "--run", path("full"), "--alpha", "0.5"}), 2);
}

}  // namespace
}  // namespace warpgauge
