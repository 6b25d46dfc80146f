// Starts a child process for run_child().
#pragma once

#include <sys/types.h>

namespace warpgauge {

struct ChildCommand;

// The child writes to one end, this process reads from the other without waiting. Without a pipe both ends
// are -1.
class Pipe {
 public:
  explicit Pipe(bool wanted);  // throws std::system_error
  ~Pipe();
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int read_end() const { return ends_[0]; }
  int write_end() const { return ends_[1]; }
  void close_write_end();

 private:
  int ends_[2] = {-1, -1};
};

struct Spawned {
  pid_t pid = 0;
  int error = 0;  // errno, if it could not be started
};

// The child leads a process group. It is killed when this thread ends (PR_SET_PDEATHSIG), which posix_spawn
// cannot set. It inherits no descriptor but the standard ones. Closes the write ends here.
[[nodiscard]] Spawned spawn(const ChildCommand& command, Pipe& output, Pipe& errors);

}  // namespace warpgauge
