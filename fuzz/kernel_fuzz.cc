#include "fuzz/kernel_fuzz.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <limits>
#include <string>

#include "fuzz/crash_note.h"
#include "fuzz/shrink.h"

namespace warpgauge {
namespace {

using Clock = std::chrono::steady_clock;

// Cases that were once found wrong; the build makes this list from regressions.txt.
constexpr const char* kRegressions[] = {
#include "regressions.inc"
};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// One line on a terminal that says how far we are; nothing elsewhere.
class Progress {
 public:
  Progress(std::string name, const Flags& flags) : name_(std::move(name)), flags_(flags) {}
  ~Progress() {
    if (shown_) std::cerr << "\r\033[K" << std::flush;
  }

  void show(std::uint64_t done) {
    if (!isatty(STDERR_FILENO) || seconds_since(last_) < 0.2) return;
    last_ = Clock::now();
    const double elapsed = seconds_since(start_);
    double left_seconds = elapsed / static_cast<double>(done) * static_cast<double>(flags_.seeds - done);
    if (flags_.seconds > 0) left_seconds = std::min(left_seconds, flags_.seconds - elapsed);
    std::cerr << "\r\033[K" << name_ << ": " << done << " cases in " << static_cast<std::int64_t>(elapsed)
              << " s, about " << static_cast<std::int64_t>(left_seconds) << " s left" << std::flush;
    shown_ = true;
  }

 private:
  std::string name_;
  const Flags& flags_;
  const Clock::time_point start_ = Clock::now();
  Clock::time_point last_ = start_;
  bool shown_ = false;
};

}  // namespace

void KernelFuzz::TestBody() {
  if (const std::string reason = backend_unavailable(kernel_.backend); !reason.empty())
    GTEST_SKIP() << reason;
  if (flags_.replays.empty()) {
    std::vector<Replay> known;
    for (const char* line : kRegressions) known.push_back(parse_replay(line));
    replay(known);
    fuzz();
  } else {
    replay(flags_.replays);
  }
  if (HasFailure()) return;
  if (const std::string reason = lost(); !reason.empty()) GTEST_SKIP() << reason;
  if (cases_ == 0) GTEST_SKIP() << (not_checked_.empty() ? "it supports none of the problems" : not_checked_);
  std::cout << kernel_.id() << ": " << cases_ << " cases, " << rows_ << " rows compared, largest error "
            << worst_ << " of its bound\n";
}

std::string KernelFuzz::command(const FuzzCase& c) const {
  return "fuzz --replay '" + format_replay(kernel_.id(), c) + "'";
}

double KernelFuzz::seconds_left() const {
  constexpr double kForEver = std::numeric_limits<double>::infinity();
  return flags_.seconds > 0 ? flags_.seconds - seconds_since(start_) : kForEver;
}

std::string KernelFuzz::lost() const {
  const std::string reason = shared_.lost(kernel_.backend);
  if (reason.empty() || shared_.lost_by.empty()) return reason;
  return "the device was lost by " + shared_.lost_by + ": " + reason;
}

CheckResult KernelFuzz::check_case(const FuzzCase& c) {
  const CrashNote note(kernel_.id() + "\n  replay:   " + command(c));
  return check(kernel_, c.problem, c.seed,
               {.family = c.family,
                .layout = c.layout,
                .oracle = flags_.oracle,
                .threads = c.threads,
                .cache = &shared_.cache});
}

void KernelFuzz::run(const FuzzCase& c) {
  const CheckResult result = check_case(c);
  if (result.is_wrong()) return tell_wrong(c, result);
  if (!result.passed()) {
    not_checked_ = kernel_.id() + " was not checked: " + result.not_checked + "\n  replay:   " + command(c);
    std::cout << not_checked_ << "\n";
    return;
  }
  ++cases_;
  rows_ += result.accuracy.rows;
  worst_ = std::max(worst_, result.accuracy.err_over_bound);
}

// What is wrong is told before a smaller case is looked for: that takes a while, and may be cut off.
void KernelFuzz::tell_wrong(const FuzzCase& c, const CheckResult& result) {
  note_loss(c);
  const std::string reason = lost();
  ADD_FAILURE() << kernel_.id() << " is wrong\n"
                << result.report() << "  replay:   " << command(c) << (reason.empty() ? "" : "\n" + reason);
  // On a lost device every case fails.
  if (flags_.replays.empty() && reason.empty()) tell_smallest(c);
}

void KernelFuzz::tell_smallest(const FuzzCase& c) {
  constexpr double kLongestSeconds = 5;
  const double limit_seconds = std::min(kLongestSeconds, seconds_left());
  const Clock::time_point begin = Clock::now();
  const FuzzCase smallest = shrink(c, [&](const FuzzCase& simpler) {
    if (seconds_since(begin) > limit_seconds || !lost().empty() || !kernel_.supports(simpler.problem).empty())
      return false;
    const bool is_wrong = check_case(simpler).is_wrong();
    note_loss(simpler);
    return is_wrong;
  });
  const std::string reason = lost();
  ADD_FAILURE() << kernel_.id() << " is wrong\n  smallest: " << command(smallest)
                << (reason.empty() ? "" : "\n" + reason);
}

void KernelFuzz::note_loss(const FuzzCase& by) {
  if (shared_.lost_by.empty() && !lost().empty()) shared_.lost_by = command(by);
}

void KernelFuzz::replay(const std::vector<Replay>& replays) {
  for (const Replay& wanted : replays)
    if (!HasFailure() && lost().empty() && wanted.is_for(kernel_) &&
        kernel_.supports(wanted.fuzz_case.problem).empty())
      run(wanted.fuzz_case);
}

void KernelFuzz::fuzz() {
  Progress progress(kernel_.id(), flags_);
  for (std::uint64_t n = 0; n < flags_.seeds && !HasFailure() && lost().empty() && seconds_left() > 0; ++n) {
    const auto drawn = random_supported_case(kernel_, flags_.first_seed + n);
    if (!drawn) return;
    run(*drawn);
    progress.show(n + 1);
  }
}

}  // namespace warpgauge
