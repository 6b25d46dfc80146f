// Runs one child process until it ends or its time limit is over. The child leads its own process group, so
// that its children end with it. It does not read the terminal.
#pragma once

#include <atomic>
#include <string>
#include <vector>

namespace warpgauge {

struct ChildCommand {
  std::string executable;                // path; also argv[0]
  std::vector<std::string> arguments;    // without argv[0]
  std::vector<std::string> environment;  // "NAME=value", added to the parent's
  std::string output;                    // file for stdout, truncated; empty: discarded
  std::string errors;                    // file for stderr, truncated; empty: discarded
  double timeout_s = 0;                  // wall clock; 0: none
};

struct ChildResult {
  enum class End { exited, signalled, timed_out, interrupted, not_started } end = End::exited;
  int code = 0;       // exit status, signal number, or errno
  double wall_s = 0;  // from start to end

  bool ok() const { return end == End::exited && code == 0; }
  std::string describe()
      const;  // "exit 3", "killed by signal 11 (Segmentation fault)", "timed out after 60 s"
};

// Polls `interrupted`: once it is true, the child is killed, and the result is `interrupted`.
ChildResult run_child(const ChildCommand& command, const std::atomic<bool>& interrupted);

}  // namespace warpgauge
