#include "base/child.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <thread>

namespace warpgauge {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Pointers into `texts`, ending in null, as exec takes them.
std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

// The child's standard streams, process group and signals.
class SpawnPlan {
 public:
  explicit SpawnPlan(const ChildCommand& command) {
    posix_spawn_file_actions_init(&files);
    open(STDIN_FILENO, "/dev/null", O_RDONLY);
    open(STDOUT_FILENO, command.output.empty() ? "/dev/null" : command.output, O_WRONLY | O_CREAT | O_TRUNC);
    open(STDERR_FILENO, command.errors.empty() ? "/dev/null" : command.errors, O_WRONLY | O_CREAT | O_TRUNC);
    posix_spawnattr_init(&attributes);
    sigset_t defaults;
    sigemptyset(&defaults);
    for (int signal : {SIGINT, SIGTERM, SIGPIPE}) sigaddset(&defaults, signal);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;

 private:
  void open(int descriptor, const std::string& path, int flags) {
    posix_spawn_file_actions_addopen(&files, descriptor, path.c_str(), flags, 0644);
  }
};

ChildResult ended(int status, double wall_s) {
  if (WIFSIGNALED(status)) return {ChildResult::End::signalled, WTERMSIG(status), wall_s};
  return {ChildResult::End::exited, WEXITSTATUS(status), wall_s};
}

// Polls, so that a time limit and an interruption need no signal handler. The pause grows to 5 ms. It does
// not affect results, because a child measures itself.
ChildResult wait_for(pid_t child, const ChildCommand& command, const std::atomic<bool>& interrupted) {
  const Clock::time_point start = Clock::now();
  auto pause = std::chrono::microseconds(100);
  for (;;) {
    int status = 0;
    const pid_t done = waitpid(child, &status, WNOHANG);
    if (done == child) {
      kill(-child, SIGKILL);  // its own children
      return ended(status, seconds_since(start));
    }
    const bool late = command.timeout_s > 0 && seconds_since(start) > command.timeout_s;
    if (late || interrupted) {
      kill(-child, SIGKILL);
      waitpid(child, &status, 0);
      return {late ? ChildResult::End::timed_out : ChildResult::End::interrupted, 0, seconds_since(start)};
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::microseconds(5000));
  }
}

}  // namespace

ChildResult run_child(const ChildCommand& command, const std::atomic<bool>& interrupted) {
  std::vector<std::string> arguments{command.executable}, environment = command.environment;
  arguments.insert(arguments.end(), command.arguments.begin(), command.arguments.end());
  for (char** variable = environ; *variable; ++variable) environment.emplace_back(*variable);
  SpawnPlan plan(command);
  pid_t child = 0;
  const int error = posix_spawn(&child, command.executable.c_str(), &plan.files, &plan.attributes,
                                pointers(arguments).data(), pointers(environment).data());
  if (error != 0) return {ChildResult::End::not_started, error, 0};
  return wait_for(child, command, interrupted);
}

std::string ChildResult::describe() const {
  switch (end) {
    case End::exited:
      return "exit " + std::to_string(code);
    case End::signalled:
      return "killed by signal " + std::to_string(code) + " (" + strsignal(code) + ")";
    case End::timed_out:
      return fmt::format("timed out after {} s", std::lround(wall_s));
    case End::interrupted:
      return "interrupted";
    case End::not_started:
      return std::string("could not be started: ") + std::strerror(code);
  }
  return "?";
}

}  // namespace warpgauge
