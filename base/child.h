// Runs one child process to its end, or to its time limit. The child leads a process group of its own, so
// that whatever it started ends with it, and it never reads the terminal.
#pragma once

#include <atomic>
#include <string>
#include <vector>

namespace warpgauge {

struct ChildCommand {
  std::string executable;                // path; also argv[0]
  std::vector<std::string> arguments;    // without argv[0]
  std::vector<std::string> environment;  // "NAME=value", added to the parent's
  std::string output;                    // file that takes stdout, truncated; empty: nothing is kept
  std::string errors;                    // file that takes stderr, truncated; empty: nothing is kept
  double timeout_s = 0;                  // wall clock; 0: none
};

struct ChildResult {
  enum class End { exited, signalled, timed_out, interrupted, not_started } end = End::exited;
  int code = 0;       // exit status, signal number, or errno
  double wall_s = 0;  // from start to end

  bool ok() const { return end == End::exited && code == 0; }
  std::string describe() const;  // "exit 3", "killed by signal 11 (Segmentation fault)", "no end after 60 s"
};

// `interrupted` is polled; once it holds, the child is killed and the result says so.
ChildResult run_child(const ChildCommand& command, const std::atomic<bool>& interrupted);

}  // namespace warpgauge
