// `compare ab` from the outside: the program itself with a fake benchmark binary that fails on request.
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

TEST_F(AbRun, equal_binaries_are_unchanged) {
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

TEST_F(AbRun, all_cases_slower_is_a_regression_on_a_noisy_machine) {
  EXPECT_EQ(ab("--cases=30 --common=.005", "--cases=30 --common=.005 --slow=fake=1.05"), 1);
  EXPECT_EQ(count("unchanged"), 0);
}

TEST_F(AbRun, times_that_do_not_fit_into_the_wall_time_end_the_run) {
  EXPECT_EQ(ab("--cases=8", "--cases=8 --stretch=1000", {"--blocks", "2"}), 1);
  EXPECT_THAT(errors(), HasSubstr("but the process ran for"));
}

TEST_F(AbRun, if_base_differs_from_base_the_run_is_undecided) {
  // Each side is slow at one of its positions. So head equals base, but base differs from base.
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
  // A single one of twelve is attributed to the machine.
  EXPECT_EQ(ab("--cases=8", slow, {"--blocks", "6..12"}), 0);
  EXPECT_EQ(count("unchanged"), 8);
}

TEST_F(AbRun, a_crash_that_no_single_case_causes_ends_the_run) {
  EXPECT_EQ(ab("--cases=8", "--cases=8 --crash=fake/3 --crash-interleaved", {"--blocks", "2"}), 1);
  EXPECT_THAT(errors(), HasSubstr("twice, but not when its cases ran one by one"));
  EXPECT_EQ(ab("--cases=8 --plans", "--cases=8 --plans --crash-unless-alone=fake/3", {"--blocks", "2"}), 1);
  EXPECT_THAT(errors(), HasSubstr("twice, but not when its cases ran one by one"));
}

TEST_F(AbRun, without_cases_left_the_side_that_failed_last_decides_the_verdict) {
  EXPECT_EQ(ab("--cases=1", "--cases=1 --crash=fake/0", {"--blocks", "2"}), 1);
  EXPECT_THAT(errors(), HasSubstr("no case is left to run"));
  EXPECT_EQ(ab("--cases=1", "--cases=1 --error=fake/0", {"--blocks", "2"}), 1);
  EXPECT_THAT(errors(), HasSubstr("no case is left to run"));
  EXPECT_EQ(ab("--cases=1 --error=fake/0", "--cases=1", {"--blocks", "2"}), 4);
  EXPECT_THAT(errors(), HasSubstr("no case is left to run"));
}

TEST_F(AbRun, a_base_that_ends_the_run_keeps_earlier_regressions) {
  // The wrong case of head is known by then.
  EXPECT_EQ(ab("--cases=8 --exit=7 --plans", "--cases=8 --plans", {"--blocks", "2"}), 4);
  EXPECT_EQ(ab("--cases=8 --noise=.05 --exit=7 --only-in=look2 --plans", "--cases=8 --plans --error=fake/2",
               {"--blocks", "2..4"}),
            1);
}

TEST_F(AbRun, exit_1_with_a_wrong_row_fails_the_case_and_without_one_the_run) {
  // bench/ ends like this if it finds a wrong case.
  EXPECT_EQ(ab("--cases=8", "--cases=8 --error=fake/2 --exit=1", {"--blocks", "2"}), 1);
  EXPECT_EQ(verdict_of("fake/2"), "failed");
  EXPECT_EQ(count("failed"), 1);
  EXPECT_EQ(ab("--cases=8", "--cases=8 --extra --exit=1", {"--blocks", "2"}), 1);
  EXPECT_THAT(errors(), HasSubstr("exit 1, but no case failed in its results"));
}

TEST_F(AbRun, stderr_of_a_process_is_kept_and_arguments_reach_both_sides) {
  const std::string keep = path("keep");
  std::ofstream(path("prints")) << "#!/bin/sh\necho oops >&2\nexec " WARPGAUGE_FAKE_BENCH " \"$@\"\n";
  chmod(path("prints").c_str(), 0755);
  run({"ab", path("prints"), binary("quiet", ""), "--process-seconds", "0.1", "--blocks", "2", "--keep", keep,
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
}

TEST_F(AbRun, a_filter_that_matches_nothing_is_a_usage_error) {
  EXPECT_EQ(ab("--cases=8", "--cases=8", {"--filter", "^nope$"}), 2);
  EXPECT_THAT(errors(), HasSubstr("--filter: matches no case of either binary; "));
  EXPECT_THAT(errors(), HasSubstr("lists 8 cases, such as fake/0"));
}

TEST_F(AbRun, check_runs_nothing_and_finds_what_is_wrong_with_the_arguments) {
  EXPECT_EQ(run({"ab", "nowhere/base", "nowhere/head", "--check"}), 0);
  EXPECT_EQ(text_of(path("stdout")) + errors(), "");
  for (const auto& wrong : std::vector<std::vector<std::string>>{{"--filter", "["},
                                                                 {"--blocks", "6.."},
                                                                 {"--statistic", "min"},
                                                                 {"--keep", path("")},
                                                                 {"--process-seconds", "0"}}) {
    std::vector<std::string> words{"ab", "nowhere/base", "nowhere/head", "--check"};
    words.insert(words.end(), wrong.begin(), wrong.end());
    EXPECT_EQ(run(words), 2) << wrong.front();
    EXPECT_THAT(errors(), HasSubstr("error: " + wrong.front() + ": "));
  }
  EXPECT_EQ(run({"ab", "a", "b", "--check", "--policy", path("none")}), 3);
  EXPECT_EQ(run({"ab", "a", "b", "--check", "--markdown", path("none/a.md")}), 5);
  EXPECT_THAT(errors(), HasSubstr("there is no directory"));
  EXPECT_EQ(run({"gate", "a.json", "b.json", "--check", "--alpha", "2"}), 2);
  EXPECT_EQ(run({"gate", "a.json", "b.json", "--check"}), 0);
}

TEST_F(AbRun, a_report_that_cannot_be_written_stops_the_run_before_it_measures) {
  EXPECT_EQ(ab("--cases=8", "--cases=8", {"--junit", path("none/a.xml"), "--keep", path("keep")}), 5);
  EXPECT_FALSE(std::filesystem::exists(path("keep")));
}

TEST_F(AbRun, a_base_without_a_time_costs_the_case) {
  EXPECT_EQ(ab("--cases=8 --error=fake/2", "--cases=8", {"--blocks", "2"}), 0);
  EXPECT_EQ(verdict_of("fake/2"), "errored");
}

TEST_F(AbRun, a_crash_in_head_fails_its_case_and_the_run) {
  EXPECT_EQ(ab("--cases=8", "--cases=8 --crash=fake/3", {"--blocks", "3"}), 1);
  EXPECT_EQ(verdict_of("fake/3"), "failed");
  EXPECT_EQ(count("failed"), 1);
  EXPECT_EQ(report()["cells"].size(), 8u);
  EXPECT_THAT(errors(), HasSubstr("removed from the run: fake/3, head: killed by signal 9 (Killed)"));
}

TEST_F(AbRun, a_crash_of_a_binary_that_always_interleaves_costs_its_case) {
  EXPECT_EQ(ab("--cases=8 --plans", "--cases=8 --plans --crash=fake/3", {"--blocks", "3"}), 1);
  EXPECT_EQ(verdict_of("fake/3"), "failed");
  EXPECT_EQ(count("failed"), 1);
  EXPECT_THAT(errors(), HasSubstr("removed from the run: fake/3, head: killed by signal 9 (Killed)"));
}

TEST_F(AbRun, a_crash_in_base_costs_its_case_and_is_a_note) {
  EXPECT_EQ(ab("--cases=8 --crash=fake/3", "--cases=8", {"--blocks", "3"}), 0);
  EXPECT_EQ(verdict_of("fake/3"), "errored");
  EXPECT_THAT(text_of(path("stdout")), HasSubstr("base binary: killed by signal 9"));
  EXPECT_THAT(text_of(path("stdout")),
              HasSubstr("note: 1 case failed in base and was not run in head: fake/3"));
}

TEST_F(AbRun, a_case_that_fails_on_both_sides_is_a_note) {
  EXPECT_EQ(ab("--cases=8 --error=fake/2", "--cases=8 --error=fake/2", {"--blocks", "2"}), 0);
  EXPECT_EQ(verdict_of("fake/2"), "errored");
}

TEST_F(AbRun, a_failure_in_head_can_be_allowed_and_a_recorded_run_repeats_that) {
  const std::string keep = path("keep");
  EXPECT_EQ(ab("--cases=8", "--cases=8 --error=fake/2",
               {"--blocks", "2", "--allow-failed", "^fake/2$", "--keep", keep}),
            0);
  EXPECT_EQ(verdict_of("fake/2"), "errored");
  const std::string live = text_of(path("report.json"));
  EXPECT_EQ(run({"gate", "--run", keep}), 0);
  EXPECT_EQ(text_of(path("report.json")), live);
}

TEST_F(AbRun, a_failure_of_a_recorded_run_can_be_allowed_later) {
  const std::string keep = path("keep");
  EXPECT_EQ(ab("--cases=8", "--cases=8 --error=fake/2", {"--blocks", "2", "--keep", keep}), 1);
  EXPECT_EQ(run({"gate", "--run", keep, "--allow-failed", "^fake/3$"}), 1);
  EXPECT_EQ(run({"gate", "--run", keep, "--allow-failed", "^fake/2$"}), 0);
}

TEST_F(AbRun, a_case_below_the_resolution_of_the_clock_does_not_keep_it_running) {
  const std::string keep = path("keep"),
                    empty = "--cases=8 --noise=0.001 --slow=fake/2=0.0001 --jitter=fake/2=200";
  EXPECT_EQ(ab(empty, empty, {"--blocks", "6..48", "--strict", "--keep", keep}), 0);
  EXPECT_EQ(count("inconclusive"), 0);
  EXPECT_EQ(verdict_of("fake/2"), "unchanged");
  EXPECT_EQ(nlohmann::json::parse(text_of(keep + "/run.json"))["looks"].size(), 1u);
  EXPECT_THAT(text_of(path("stdout")), HasSubstr("note: 1 case is below resolution"));
  const std::string live = text_of(path("report.json"));
  EXPECT_EQ(run({"gate", "--run", keep}), 0);
  EXPECT_EQ(text_of(path("report.json")), live);
}

TEST_F(AbRun, if_base_lists_no_case_all_cases_are_new) {
  const std::string keep = path("keep");
  EXPECT_EQ(ab("--cases=0", "--cases=3", {"--blocks", "2", "--keep", keep}), 0);
  EXPECT_EQ(count("new"), 3);
  EXPECT_THAT(text_of(path("stdout")), HasSubstr("note: base lists no case, so all cases of head are new"));
  EXPECT_EQ(run({"gate", "--run", keep}), 0);
  EXPECT_EQ(ab("--cases=3", "--cases=0", {"--blocks", "2"}), 2);
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

TEST_F(AbRun, unrequested_rows_are_ignored_with_a_note) {
  const std::string keep = path("keep");
  EXPECT_EQ(ab("--cases=8", "--cases=8 --extra", {"--blocks", "6", "--keep", keep}), 0);
  EXPECT_EQ(report()["cells"].size(), 8u);
  const std::string live = text_of(path("report.json"));
  EXPECT_THAT(
      live,
      HasSubstr("2-head.json: 1 case was not requested and is ignored: fake/unrequested; does the binary"));
  EXPECT_EQ(run({"gate", "--run", keep}), 0);
  EXPECT_EQ(text_of(path("report.json")), live);
  EXPECT_EQ(ab("--cases=8 --extra", "--cases=8", {"--blocks", "6"}), 0);
}

TEST_F(AbRun, more_than_five_crashing_cases_end_the_run) {
  EXPECT_EQ(ab("--cases=20", "--cases=20 --crash-from=fake/3", {"--blocks", "2"}), 1);
  EXPECT_THAT(errors(), HasSubstr("5 cases were removed already"));
}

TEST_F(AbRun, an_exit_code_without_a_failed_case_ends_the_run) {
  EXPECT_EQ(ab("--cases=8", "--cases=8 --exit=7", {"--blocks", "2"}), 1);
  EXPECT_THAT(errors(), HasSubstr("exit 7, but no case failed in its results"));
}

TEST_F(AbRun, cases_of_one_side_only_are_missing_or_new) {
  EXPECT_EQ(ab("--cases=9", "--cases=8", {"--blocks", "2"}), 4);
  EXPECT_EQ(verdict_of("fake/8"), "missing");
  EXPECT_EQ(ab("--cases=9", "--cases=8", {"--blocks", "6", "--allow-missing"}), 0);
  EXPECT_EQ(ab("--cases=8", "--cases=9", {"--blocks", "6"}), 0);
  EXPECT_EQ(verdict_of("fake/8"), "new");
}

TEST_F(AbRun, if_no_case_is_on_both_sides_nothing_is_run) {
  const std::string keep = path("keep");
  EXPECT_EQ(ab("--cases=1", "--cases=2", {"--filter", "/1$", "--keep", keep}), 4);
  EXPECT_EQ(verdict_of("fake/1"), "new");
  EXPECT_THAT(text_of(path("stdout")), HasSubstr("no case was measured on both sides"));
  EXPECT_EQ(errors(), "");
  EXPECT_FALSE(std::filesystem::exists(keep + "/look0"));
  const std::string live = text_of(path("report.json"));
  EXPECT_EQ(run({"gate", "--run", keep}), 4);
  EXPECT_EQ(text_of(path("report.json")), live);
}

TEST_F(AbRun, a_rename_pairs_cases_of_base_with_those_of_head) {
  const std::vector<std::string> rename{"--rename", R"(old/(.*)=fake/\1)", "--blocks", "6"};
  std::vector<std::string> kept = rename;
  kept.insert(kept.end(), {"--keep", path("keep")});
  EXPECT_EQ(ab("--cases=8 --prefix=old", "--cases=8 --slow=fake/3=1.2", kept), 1) << errors();
  EXPECT_EQ(report()["cells"].size(), 8u);
  EXPECT_EQ(verdict_of("fake/3"), "regression");
  EXPECT_EQ(count("unchanged"), 7);
  const std::string live = text_of(path("report.json"));
  EXPECT_EQ(run({"gate", "--run", path("keep")}), 1);
  EXPECT_EQ(text_of(path("report.json")), live);
  // The filter matches the new names.
  std::vector<std::string> filtered = rename;
  filtered.insert(filtered.end(), {"--filter", "^fake/[0-4]$"});
  EXPECT_EQ(ab("--cases=8 --prefix=old", "--cases=8", filtered), 0) << errors();
  EXPECT_EQ(report()["cells"].size(), 5u);
  EXPECT_EQ(count("new") + count("missing"), 0);
}

TEST_F(AbRun, a_renamed_case_that_crashes_in_base_is_reported_by_its_new_name) {
  EXPECT_EQ(ab("--cases=8 --prefix=old --crash=old/3", "--cases=8",
               {"--blocks", "2", "--rename", R"(old/(.*)=fake/\1)"}),
            0)
      << errors();
  EXPECT_EQ(verdict_of("fake/3"), "errored");
  EXPECT_EQ(report()["cells"].size(), 8u);
}

TEST_F(AbRun, a_rename_without_its_case_is_refused_before_anything_runs) {
  EXPECT_EQ(ab("--cases=8", "--cases=8", {"--blocks", "2", "--rename", "nope=fake/1"}), 2);
  EXPECT_THAT(errors(), HasSubstr("--rename 'nope=fake/1': "));
  EXPECT_THAT(errors(), HasSubstr("has no such case; give OLD=NEW"));
  EXPECT_EQ(ab("--cases=8 --prefix=old", "--cases=8", {"--blocks", "2", "--rename", "old/.*=fake/1"}), 2);
  EXPECT_THAT(errors(), HasSubstr("would both be called 'fake/1'"));
}

TEST_F(AbRun, the_filter_chooses_the_cases) {
  EXPECT_EQ(ab("--cases=20", "--cases=20", {"--blocks", "2", "--filter", "/1.$"}), 0);
  EXPECT_EQ(report()["cells"].size(), 10u);
}

// Runs `compare ab --keep kept`, and interrupts it as soon as the process with `place` in the path of its
// results hangs. Returns the exit code.
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

TEST_F(Interrupted, before_the_first_interim_analysis_every_case_is_inconclusive) {
  EXPECT_EQ(interrupted("--cases=4", "--cases=4", "look1"), 4) << errors();
  EXPECT_EQ(count("inconclusive"), 4);
  EXPECT_EQ(report()["verdict"], "undecided");
}

TEST_F(Interrupted, regressions_found_by_then_remain) {
  EXPECT_EQ(interrupted("--cases=4 --noise=0.1", "--cases=4 --noise=0.1 --slow=fake/0=5", "look2"), 1)
      << errors();
  EXPECT_EQ(verdict_of("fake/0"), "regression");
  EXPECT_EQ(report()["verdict"], "regression");
  EXPECT_THAT(text_of(path("stdout")), HasSubstr("the run ended early: interrupted"));
}

TEST_F(AbRun, reports_hold_no_scratch_path) {
  EXPECT_EQ(ab("--cases=2 --slow=fake=-1", "--cases=2", {"--blocks", "2"}), 4) << errors();
  EXPECT_THAT(errors(), HasSubstr("exit 0, but look0/block00/0-base.json: "));
  EXPECT_THAT(errors() + text_of(path("stdout")), Not(HasSubstr("/tmp")));
}

TEST_F(AbRun, unusable_arguments_are_rejected) {
  EXPECT_EQ(run({"ab", path("absent"), path("absent")}), 2);
  EXPECT_THAT(errors(), HasSubstr("is not a file; give a Google Benchmark binary"));
  EXPECT_EQ(ab("--cases=8", "--cases=0"), 2);
  EXPECT_THAT(errors(), HasSubstr("lists no case"));
  EXPECT_EQ(ab("--cases=8", "--cases=8", {"--blocks", "24..6"}), 2);
  EXPECT_THAT(errors(), HasSubstr("--blocks: '24..6' is not a range of blocks"));
  std::filesystem::create_directories(path("full/x"));
  EXPECT_EQ(ab("--cases=8", "--cases=8", {"--keep", path("full")}), 2);
  EXPECT_THAT(errors(), HasSubstr("is not empty"));
  EXPECT_EQ(run({"gate", "--run", path("full"), "--alpha", "0.5"}), 2);
}

}  // namespace
}  // namespace warpgauge
