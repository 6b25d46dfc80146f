#include "base/spawn.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/child.h"

namespace warpgauge {
namespace {

// Pointers into `texts`, ending in null, as exec takes them.
std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

// All that the child needs, made before it starts: it shares this process's memory until exec, and may only
// make system calls.
struct Start {
  const char* executable = nullptr;
  char** arguments = nullptr;
  char** environment = nullptr;
  const char *output_file = nullptr, *errors_file = nullptr;
  int output_pipe = -1, errors_pipe = -1;
  pid_t parent = 0;
  sigset_t mask{};
  int error = 0;  // set by the child
};

bool open_stream(int stream, int pipe, const char* file, int flags) {
  if (pipe >= 0) return dup2(pipe, stream) == stream;
  const int opened = open(file, flags, 0644);
  if (opened < 0) return false;
  if (opened == stream) return true;
  const bool moved = dup2(opened, stream) == stream;
  close(opened);
  return moved;
}

// What this process ignores or handles must not reach the child. nohup's choice does.
void reset_signals(const sigset_t& mask) {
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal)
    if (signal != SIGHUP) sigaction(signal, &standard, nullptr);
  struct sigaction hangup {};
  if (sigaction(SIGHUP, nullptr, &hangup) == 0 && hangup.sa_handler != SIG_IGN)
    sigaction(SIGHUP, &standard, nullptr);
  sigprocmask(SIG_SETMASK, &mask, nullptr);
}

int run_in_child(void* argument) {
  Start& start = *static_cast<Start*>(argument);
  reset_signals(start.mask);
  constexpr int kWrite = O_WRONLY | O_CREAT | O_TRUNC;
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (getppid() != start.parent) _exit(127);  // it ended before the line above
  if (open_stream(STDIN_FILENO, -1, "/dev/null", O_RDONLY) &&
      open_stream(STDOUT_FILENO, start.output_pipe, start.output_file, kWrite) &&
      open_stream(STDERR_FILENO, start.errors_pipe, start.errors_file, kWrite))
    execve(start.executable, start.arguments, start.environment);
  start.error = errno;
  _exit(127);
}

const char* file_or_null_device(const std::string& path) {
  return path.empty() ? "/dev/null" : path.c_str();
}

// As posix_spawn does it: this process waits until the child has called exec.
Spawned cloned(Start& start) {
  constexpr std::size_t kStackBytes = std::size_t{64} << 10;
  alignas(16) static thread_local char stack[kStackBytes];
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &start.mask);  // no handler may run in the child
  const pid_t child = clone(run_in_child, stack + kStackBytes, CLONE_VM | CLONE_VFORK | SIGCHLD, &start);
  const int error = child < 0 ? errno : start.error;
  sigprocmask(SIG_SETMASK, &start.mask, nullptr);
  if (child > 0 && error != 0) waitpid(child, nullptr, 0);
  return {child, error};
}

}  // namespace

Pipe::Pipe(bool wanted) {
  if (!wanted) return;
  if (pipe2(ends_, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  fcntl(ends_[0], F_SETFL, O_NONBLOCK);
}

Pipe::~Pipe() {
  close_write_end();
  if (ends_[0] >= 0) close(ends_[0]);
}

void Pipe::close_write_end() {
  if (ends_[1] >= 0) close(std::exchange(ends_[1], -1));
}

Spawned spawn(const ChildCommand& command, Pipe& output, Pipe& errors) {
  std::vector<std::string> arguments{command.executable}, environment = command.environment;
  arguments.insert(arguments.end(), command.arguments.begin(), command.arguments.end());
  for (char** variable = environ; *variable; ++variable) environment.emplace_back(*variable);
  std::vector<char*> argument_pointers = pointers(arguments), environment_pointers = pointers(environment);
  Start start{.executable = command.executable.c_str(),
              .arguments = argument_pointers.data(),
              .environment = environment_pointers.data(),
              .output_file = file_or_null_device(command.output),
              .errors_file = file_or_null_device(command.errors),
              .output_pipe = output.write_end(),
              .errors_pipe = errors.write_end(),
              .parent = getpid()};
  const Spawned spawned = cloned(start);
  output.close_write_end();
  errors.close_write_end();
  return spawned;
}

}  // namespace warpgauge
