// `compare ab` with binaries that misbehave: each ends with the expected exit code and message. No process
// and no temporary folder is left. The binaries are scripts around the fake one.
#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <filesystem>
#include <span>
#include <thread>

#include "tests/compare/ab_run_test_support.h"
#include "tests/compare/processes_left.h"

namespace warpgauge {
namespace {

namespace fs = std::filesystem;

struct Hostile {
  const char* name;
  const char* body;  // of a measuring process. $out: its results, $self: the script; `fake` measures
  int exit_code;
  const char* message;  // on stderr or stdout
  const char* cases = "3";
};

constexpr const char* kTimedOut = "timed out after 1 s";

const Hostile kMeasuring[] = {
    {"never_exits", "exec sleep 1000", 1, kTimedOut, "1"},
    {"ignores_signals", "trap '' TERM INT HUP QUIT; while :; do sleep 1000; done", 1, kTimedOut, "1"},
    {"stops_itself", "kill -STOP $$; sleep 1000", 1, kTimedOut, "1"},
    {"endless_stdout", "exec yes", 1, kTimedOut, "1"},
    {"endless_stderr", "exec yes >&2", 1, kTimedOut, "1"},
    {"small_fork_bomb",
     "bomb() { [ $1 -gt 0 ] && { bomb $(($1-1)) & bomb $(($1-1)) & }; sleep 1000; }; bomb 4", 1, kTimedOut,
     "1"},
    {"daemon", "setsid sleep 1000 >/dev/null 2>&1 & fake", 0, "verdict: pass"},
    {"daemon_that_holds_stderr", "setsid sleep 1000 & fake", 0, "verdict: pass"},
    {"daemon_of_a_daemon", "(setsid sh -c 'setsid sleep 1000 & sleep 1000' &) ; fake", 0, "verdict: pass"},
    {"background_child_that_ignores_signals", "(trap '' TERM HUP; sleep 1000) & fake", 0, "verdict: pass"},
    {"huge_results", "truncate -s 600M $out; sleep 1000", 1, "wrote more than is accepted", "1"},
    {"sparse_results", "truncate -s 600M $out", 1, "wrote more than is accepted", "1"},
    {"results_of_zeros", "truncate -s 1M $out", 1, "exit 0, but look1/block01/2-head", "1"},
    {"a_fifo", "mkfifo $out", 1, "is a FIFO, not a file", "1"},
    {"a_fifo_with_a_writer", "mkfifo $out; (echo '{' >$out) &", 1, "is a FIFO, not a file", "1"},
    {"a_directory", "mkdir $out", 1, "is a directory, not a file", "1"},
    {"a_full_directory", "mkdir -p $out/a/b; echo x >$out/a/b/c", 1, "is a directory, not a file", "1"},
    {"a_link_to_a_file", "ln -s /etc/passwd $out", 1, "is a symbolic link, which is not followed", "1"},
    {"a_link_to_results", "fake; mv $out $out.x; ln -s $out.x $out", 1, "is a symbolic link", "1"},
    {"a_dangling_link", "ln -s /no/such/file $out", 1, "is a symbolic link", "1"},
    {"a_link_to_a_device", "ln -s /dev/zero $out", 1, "is a symbolic link", "1"},
    {"a_link_for_the_folder", "d=${out%/*}; fake; mv $d $d.x; ln -s $d.x $d", 1, "Not a directory", "1"},
    {"another_file", "cat /etc/passwd >$out", 1, "exit 0, but look1/block01/2-head", "1"},
    {"no_results", "exit 0", 1, "cannot be opened: No such file", "1"},
    {"no_folder", "rm -rf ${out%/*}", 1, "cannot be opened: No such file", "1"},
    {"empty_results", ": >$out", 1, "is empty", "1"},
    {"truncated_results", "fake; truncate -s -20 $out", 1, "exit 0, but look1/block01/2-head", "1"},
    {"invalid_json", "echo '{\"context\": ' >$out", 1, "exit 0, but look1/block01/2-head", "1"},
    {"utf_16", "printf '\\377\\376x' >$out", 1, "is UTF-16", "1"},
    {"deep_json", "head -c 1000000 /dev/zero | tr '\\0' '[' >$out", 1, "exit 0, but look1/block01/2-head",
     "1"},
    {"closed_streams", "exec >&- 2>&-; fake", 0, "verdict: pass"},
    {"half_of_the_rows", "fake --omit=fake/1", 1, "no row of the case"},
    {"exit_3_without_reason", "fake; exit 3", 1, "exit 3, but no case failed"},
    {"other_names", "fake; sed -i s,fake/1,other/1, $out", 1, "no row of the case"},
    {"additional_rows", "fake --extra", 0, "was not requested"},
    {"duplicate_names", "fake; sed -i s,fake/1,fake/0, $out", 1, "occurs twice"},
    {"ignores_the_filter", "fake --benchmark_filter=.", 0, "verdict: pass"},
    {"nan_times", "fake; sed -i 's/\"real_time\": [^,]*/\"real_time\": NaN/' $out", 1, "real_time"},
    {"infinite_times", "fake; sed -i 's/\"real_time\": [^,]*/\"real_time\": Infinity/' $out", 1, "real_time"},
    {"negative_times", "fake; sed -i 's/\"real_time\": /&-/' $out", 1, "real_time"},
    {"overflowing_times", "fake; sed -i 's/\"real_time\": [^,]*/\"real_time\": 1e999/' $out", 1, "real_time"},
    {"times_as_text", "fake; sed -i 's/\"real_time\": [^,]*/\"real_time\": \"1\"/' $out", 1, "real_time"},
    {"rewrites_the_binary", "fake; cp $self $self.new; mv $self.new $self", 1,
     "its file was changed during the run"},
    {"appends_to_the_binary", "fake; echo >>$self", 1, "its file was changed during the run"},
    {"removes_the_binary", "fake; rm $self", 1, "its file was changed during the run"},
    {"kills_its_group", "kill -TERM 0; sleep 1000", 1, "killed by signal 15", "1"},
    {"kills_its_parent", "kill -TERM $PPID; sleep 1000", 4, "interrupted", "1"},
    {"signal_abrt", "kill -ABRT $$", 1, "killed by signal 6", "1"},
    {"signal_segv", "kill -SEGV $$", 1, "killed by signal 11", "1"},
    {"signal_bus", "kill -BUS $$", 1, "killed by signal 7", "1"},
    {"signal_fpe", "kill -FPE $$", 1, "killed by signal 8", "1"},
    {"signal_ill", "kill -ILL $$", 1, "killed by signal 4", "1"},
    {"signal_kill", "kill -KILL $$", 1, "killed by signal 9", "1"},
    {"signal_int", "kill -INT $$", 1, "killed by signal 2", "1"},
    {"signal_hup", "kill -HUP $$", 1, "killed by signal 1", "1"},
    {"signal_pipe", "kill -PIPE $$", 1, "killed by signal 13", "1"},
    {"signal_xcpu", "kill -XCPU $$", 1, "killed by signal 24", "1"},
};

// `body` lists the cases.
const Hostile kListing[] = {
    {"endless_list", "exec yes fake/0", 2, "--benchmark_list_tests=true: "},
    {"list_that_never_ends", "echo fake/0; exec sleep 1000", 2, kTimedOut},
    {"list_that_ends_within_a_line", "echo fake/0; printf fake/1", 2, "the list ends within a line"},
    {"list_of_a_process_that_dies", "echo fake/0; kill -KILL $$", 2, "killed by signal 9"},
    {"list_with_an_exit_code", "echo fake/0; exit 5", 2, "exit 5"},
    {"list_with_a_zero_byte", "printf 'fake/0\\0\\n'", 2, "the list holds a zero byte"},
    {"list_that_is_not_utf_8", "printf 'fake/\\377\\n'", 2, "a name is not UTF-8"},
    {"list_without_a_case", "exit 0", 2, "lists no case"},
    {"list_with_a_daemon", "setsid sleep 1000 & fake", 0, "verdict: pass"},
    {"list_that_kills_its_parent", "kill -QUIT $PPID; sleep 1000", 4, "interrupted"},
};

class HostileRun {
 public:
  HostileRun(const Hostile& hostile, bool lists) : hostile_(hostile) {
    fs::create_directory(path("tmp"));
    script("base", "fake");
    script("head", lists ? "fake" : hostile.body, lists ? hostile.body : "fake");
  }

  // What is wrong with the answer; empty if nothing is.
  std::string fault() {
    const std::atomic<bool> never{false};
    const ChildResult result =
        run_child({WARPGAUGE_COMPARE,
                   {"ab", path("base"), path("head"), "--process-seconds", "0.1", "--blocks", "2",
                    "--timeout", "1", "--keep", path("keep")},
                   {"TMPDIR=" + path("tmp"), std::string(kProcessMark) + "=" + scratch_.path()},
                   path("stdout"),
                   path("stderr"),
                   60},
                  never);
    const std::string said = text_of(path("stdout")) + text_of(path("stderr"));
    std::string fault;
    if (result.end != ChildResult::End::exited || result.code != hostile_.exit_code)
      fault += result.describe() + ", expected exit " + std::to_string(hostile_.exit_code) + "; ";
    if (said.find(hostile_.message) == std::string::npos)
      fault += std::string("does not print '") + hostile_.message + "'; ";
    if (said.find("fault of the program") != std::string::npos) fault += "blames itself; ";
    if (const int left = processes_left(scratch_.path()))
      fault += std::to_string(left) + " processes are left; ";
    if (!fs::is_empty(path("tmp"))) fault += "a temporary folder is left; ";
    return fault.empty() ? "" : std::string(hostile_.name) + ": " + fault + "\n" + said;
  }

 private:
  std::string path(const std::string& name) const { return scratch_.path() + "/" + name; }
  void script(const std::string& name, const std::string& measures, const std::string& lists = "fake") {
    std::ofstream(path(name)) << "#!/bin/sh\nself=" << path(name) << R"(
given=
for a; do
  case $a in --benchmark_out=*) out=${a#*=} ;; esac
  given="$given '$a'"
done
fake() { eval ")" WARPGAUGE_FAKE_BENCH R"( $given \"\$@\" --cases=)"
                              << hostile_.cases << "\"; }\nif [ -n \"$out\" ]; then\n"
                              << measures << "\nelse\n"
                              << lists << "\nfi\n";
    fs::permissions(path(name), fs::perms::owner_all);
  }

  Hostile hostile_;
  ScratchDirectory scratch_;
};

// Many wait for their time limits, so several run at once. All scripts are written before: a child that
// starts meanwhile would inherit the open file, which then cannot be executed.
void expect_no_fault(std::span<const Hostile> table, bool lists) {
  std::deque<HostileRun> runs;
  for (const Hostile& one : table) runs.emplace_back(one, lists);
  std::vector<std::string> faults(table.size());
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i)
    threads.emplace_back([&] {
      for (std::size_t n; (n = next++) < table.size();) faults[n] = runs[n].fault();
    });
  for (std::thread& thread : threads) thread.join();
  for (const std::string& fault : faults) EXPECT_EQ(fault, "");
}

TEST(ab_hostile, processes_that_measure) {
  expect_no_fault(kMeasuring, false);
}

TEST(ab_hostile, processes_that_list) {
  expect_no_fault(kListing, true);
}

}  // namespace
}  // namespace warpgauge
