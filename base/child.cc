#include "base/child.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <utility>

#include "base/descendants.h"
#include "base/spawn.h"

namespace warpgauge {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// What comes through a pipe, up to a limit.
class Captured {
 public:
  Captured(Pipe& pipe, std::size_t most_bytes)
      : pipe_(pipe), most_bytes_(most_bytes), is_open_(pipe.read_end() >= 0) {}

  int descriptor() const { return is_open_ ? pipe_.read_end() : -1; }
  bool is_over() const { return is_over_; }
  int error() const { return error_; }  // errno, if it could not be read to its end
  std::string take() { return std::move(text_); }

  // Takes what is there, and does not wait. One piece per call, so that an endless stream ends at the limits.
  void read_some() {
    std::array<char, std::size_t{1} << 16> piece;
    const ssize_t got = is_open_ ? read(pipe_.read_end(), piece.data(), piece.size()) : 0;
    has_more_ = got > 0;
    if (got < 0 && errno != EAGAIN && errno != EINTR) error_ = errno;
    if (got == 0 || error_ != 0) is_open_ = false;
    if (got <= 0) return;
    const std::size_t kept = std::min(static_cast<std::size_t>(got), most_bytes_ - text_.size());
    text_.append(piece.data(), kept);
    if (kept < static_cast<std::size_t>(got)) is_over_ = true;
  }
  // What is left of a child that has ended. A process that it left behind may hold the pipe open.
  void read_rest() {
    do read_some();
    while (has_more_ && !is_over_);
  }

 private:
  Pipe& pipe_;
  std::size_t most_bytes_;
  std::string text_;
  bool is_open_, is_over_ = false, has_more_ = false;
  int error_ = 0;
};

bool is_larger(const std::string& file, std::size_t most_bytes) {
  struct stat status {};
  return !file.empty() && lstat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         static_cast<std::size_t>(status.st_size) > most_bytes;
}

// Polls, so that a time limit and an interruption need no signal handler. The pause grows to 5 ms. It does
// not affect results, because a child measures itself.
class Watch {
 public:
  Watch(const ChildCommand& command, Pipe& output, Pipe& errors, const std::atomic<bool>& interrupted)
      : command_(command),
        output_(output, command.captured_output),
        errors_(errors, command.captured_errors),
        interrupted_(interrupted) {}

  ChildResult wait_for(pid_t child) {
    auto pause = std::chrono::microseconds(100);
    for (;;) {
      int status = 0;
      if (waitpid(child, &status, WNOHANG) == child) {
        const double wall_s = seconds_since(start_);
        kill(-child, SIGKILL);  // its own children
        output_.read_rest();
        errors_.read_rest();
        return is_too_large() ? result(ChildResult::End::too_large, 0, wall_s) : ended(status, wall_s);
      }
      if (const auto why = reason(); why != ChildResult::End::exited) {
        const double wall_s = seconds_since(start_);
        kill(-child, SIGKILL);
        waitpid(child, &status, 0);
        errors_.read_rest();
        return result(why, 0, wall_s);
      }
      wait_for_bytes(pause);
      pause = std::min(pause * 2, std::chrono::microseconds(5000));
    }
  }

 private:
  // `exited` if there is none to end the child.
  ChildResult::End reason() const {
    if (interrupted_) return ChildResult::End::interrupted;
    if (command_.timeout_s > 0 && seconds_since(start_) > command_.timeout_s)
      return ChildResult::End::timed_out;
    return is_too_large() ? ChildResult::End::too_large : ChildResult::End::exited;
  }
  bool is_too_large() const {
    return output_.is_over() || is_larger(command_.limited_file, command_.most_file_bytes);
  }

  void wait_for_bytes(std::chrono::microseconds pause) {
    std::array<pollfd, 2> streams{pollfd{output_.descriptor(), POLLIN, 0},
                                  pollfd{errors_.descriptor(), POLLIN, 0}};
    const timespec limit{.tv_sec = 0, .tv_nsec = std::chrono::nanoseconds(pause).count()};
    if (ppoll(streams.data(), streams.size(), &limit, nullptr) <= 0) return;
    if (streams[0].revents != 0) output_.read_some();
    if (streams[1].revents != 0) errors_.read_some();
  }

  ChildResult result(ChildResult::End end, int code, double wall_s) {
    return {end, code, wall_s, output_.take(), errors_.take()};
  }
  ChildResult ended(int status, double wall_s) {
    if (const int error = output_.error()) return result(ChildResult::End::unreadable, error, wall_s);
    if (WIFSIGNALED(status)) return result(ChildResult::End::signalled, WTERMSIG(status), wall_s);
    return result(ChildResult::End::exited, WEXITSTATUS(status), wall_s);
  }

  const ChildCommand& command_;
  Captured output_, errors_;
  const std::atomic<bool>& interrupted_;
  Clock::time_point start_ = Clock::now();
};

}  // namespace

ChildResult run_child(const ChildCommand& command, const std::atomic<bool>& interrupted) {
  if (command.ends_descendants) adopt_orphans();
  const std::vector<pid_t> others = command.ends_descendants ? own_children() : std::vector<pid_t>();
  Pipe output(command.captured_output > 0), errors(command.captured_errors > 0);
  const Spawned spawned = spawn(command, output, errors);
  if (spawned.error != 0) return {ChildResult::End::not_started, spawned.error, 0};
  ChildResult result = Watch(command, output, errors, interrupted).wait_for(spawned.pid);
  if (command.ends_descendants) end_descendants_except(others);
  return result;
}

bool ChildResult::lacked_resources() const {
  if (end == End::unreadable) return true;
  return end == End::not_started && (code == EMFILE || code == ENFILE || code == ENOMEM || code == EAGAIN);
}

std::string ChildResult::describe() const {
  switch (end) {
    case End::exited:
      return "exit " + std::to_string(code);
    case End::signalled:
      return "killed by signal " + std::to_string(code) + " (" + strsignal(code) + ")";
    case End::timed_out:
      return fmt::format("timed out after {} s", std::lround(wall_s));
    case End::too_large:
      return "stopped: it wrote more than is accepted";
    case End::unreadable:
      return std::string("its output could not be read: ") + std::strerror(code);
    case End::interrupted:
      return "interrupted";
    case End::not_started:
      return std::string("could not be started: ") + std::strerror(code);
  }
  return "?";
}

}  // namespace warpgauge
