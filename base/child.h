// Runs one child process until it ends or its time limit is over. The child leads its own process group, so
// that its children end with it. It does not read the terminal, and ends when this process is killed.
#pragma once

#include <atomic>
#include <cstddef>
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

  // Bytes of stdout and stderr that come through a pipe, into ChildResult. 0: they go to the files above.
  // Output beyond its limit ends the child; errors beyond theirs are discarded.
  std::size_t captured_output = 0, captured_errors = 0;
  // A file that the child writes. If it is larger than this, the child is ended.
  std::string limited_file = {};
  std::size_t most_file_bytes = 0;
  // Whether all that the child started ends with it, in other process groups too. Makes this process adopt
  // orphans. Children that it had before are spared.
  bool ends_descendants = false;
};

struct ChildResult {
  enum class End {
    exited,
    signalled,
    timed_out,
    too_large,
    unreadable,
    interrupted,
    not_started
  } end = End::exited;
  int code = 0;                          // exit status, signal number, or errno
  double wall_s = 0;                     // from start to end
  std::string output = {}, errors = {};  // what was captured

  bool ok() const { return end == End::exited && code == 0; }
  // It could not be started, or read, for lack of descriptors, processes or memory: no fault of the command.
  bool lacked_resources() const;
  std::string describe()
      const;  // "exit 3", "killed by signal 11 (Segmentation fault)", "timed out after 60 s"
};

// Polls `interrupted`: once it is true, the child is killed, and the result is `interrupted`.
[[nodiscard]] ChildResult run_child(const ChildCommand& command, const std::atomic<bool>& interrupted);

}  // namespace warpgauge
