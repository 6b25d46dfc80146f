#include "fuzz/kernel_fuzz.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <string>
#include <vector>

#include "base/console.h"
#include "base/escape.h"
#include "base/number_format.h"
#include "base/progress.h"
#include "fuzz/crash_note.h"
#include "fuzz/minimize.h"
#include "fuzz/recorded_cases.h"

namespace warpgauge {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

void KernelFuzz::TestBody() {
  if (const std::string reason = backend_unavailable(kernel_.backend); !reason.empty())
    GTEST_SKIP() << safe_lines(reason);
  if (flags_.reproducers.empty()) {
    run_reproducers(recorded_cases());
    run_random_cases();
  } else {
    run_reproducers(flags_.reproducers);
  }
  if (HasFailure()) return;
  if (const std::string reason = lost(); !reason.empty()) GTEST_SKIP() << safe_lines(reason);
  if (unchecked_ > 0)
    GTEST_SKIP() << safe_lines(fmt::format("{} right, {} not checked; the last of these:\n{}",
                                           format_count(static_cast<std::int64_t>(cases_), "cases"),
                                           unchecked_, not_checked_));
  if (cases_ == 0) GTEST_SKIP() << "the kernel supports none of the problems";
  print(fmt::format("{}: {} cases, {} rows compared, largest error {} of its bound{}\n", kernel_.id(), cases_,
                    rows_, format_number(worst_),
                    bias_.summary().empty() ? "" : ", mean signed error in ulp: " + bias_.summary()));
}

// Texts of kernels and devices are in it.
void KernelFuzz::fail(const std::string& text) const {
  ADD_FAILURE() << safe_lines(fmt::format("{} is wrong\n{}", kernel_.id(), text));
}

void KernelFuzz::report_bias() {
  if (const std::string failure = bias_.failure(); !failure.empty())
    fail(fmt::format("{}\n  reproducer: {} --kernel {} --seed {} --seeds {}{}{}", failure,
                     shell_word(flags_.program), shell_word(fmt::format("^{}$", kernel_.id())),
                     flags_.first_seed, drawn_, flags_.corners ? " --corners" : "",
                     flags_.cost > 0 ? fmt::format(" --cost {}", flags_.cost) : ""));
}

std::string KernelFuzz::line(const FuzzCase& c) const {
  return format_reproducer(kernel_.id(), c);
}

std::string KernelFuzz::command(const CaseSequence& cases) const {
  std::string text = shell_word(flags_.program);
  for (const FuzzCase& c : cases) text += " --replay " + shell_word(line(c));
  if (flags_.oracle != OracleBackend::automatic) text += " --oracle " + flags_.oracle_text;
  return text;
}

double KernelFuzz::seconds_left() const {
  if (flags_.seconds == 0) return std::numeric_limits<double>::infinity();
  return flags_.seconds - seconds_since(start_);
}

std::string KernelFuzz::lost() const {
  const std::string reason = shared_.lost(kernel_.backend);
  if (reason.empty() || shared_.lost_by.empty()) return reason;
  return fmt::format("the device became unusable in {}: {}", shared_.lost_by, reason);
}

CheckResult KernelFuzz::check_case(const FuzzCase& c) {
  const CrashNote note(fmt::format("{}\n  reproducer: {}", kernel_.id(), command(c)));
  return check(kernel_, c.problem, c.seed,
               {.family = c.family,
                .layout = c.layout,
                .guard = c.guard,
                .oracle = flags_.oracle,
                .threads = c.threads,
                .relaunch = is_relaunched(c),
                .cache = &shared_.cache});
}

void KernelFuzz::run(const FuzzCase& c) {
  const CheckResult result = check_case(c);
  earlier_.push_back(c);
  if (result.is_wrong()) return report_wrong(c, result);
  if (!result.passed()) {
    not_checked_ =
        fmt::format("{} was not checked: {}\n  reproducer: {}", kernel_.id(), result.not_checked, command(c));
    ++unchecked_;
    print(not_checked_ + "\n");
    return;
  }
  ++cases_;
  rows_ += result.accuracy.rows;
  worst_ = std::max(worst_, result.accuracy.err_over_bound);
  bias_.add(output_type(c.problem), result.accuracy);
}

// Reports before it checks again and minimizes: that takes seconds and may be interrupted. A replay does
// neither: it may itself be such a check.
void KernelFuzz::report_wrong(const FuzzCase& c, const CheckResult& result) {
  note_loss(c);
  const std::string reason = lost();
  const bool is_replay = !flags_.reproducers.empty();
  const std::string after =
      is_replay && earlier_.size() > 1 ? "\n  after these cases: " + command(earlier_) : "";
  fail(fmt::format("{}  reproducer: {}{}{}", result.report(), command(c), after,
                   reason.empty() ? "" : "\n" + reason));
  // On a lost device every case fails.
  if (is_replay || !reason.empty()) return;
  constexpr double kLongestSeconds = 60;
  if (check_again({c}, kLongestSeconds) == FreshResult::right)
    report_dependence(c);
  else
    report_minimized(c);
}

FreshResult KernelFuzz::check_again(const CaseSequence& cases, double timeout_s) {
  const CrashNote note(fmt::format("{}\n  reproducer: {}", kernel_.id(), command(cases.back())));
  std::vector<std::string> lines;
  for (const FuzzCase& c : cases) lines.push_back(line(c));
  return replay_in_fresh_process(lines, flags_.oracle_text, timeout_s);
}

void KernelFuzz::report_dependence(const FuzzCase& c) {
  constexpr double kLongestSeconds = 20;
  constexpr std::size_t kMostCases = 4096;  // of one command line
  const double limit_seconds = std::min(kLongestSeconds, seconds_left());
  const Clock::time_point begin = Clock::now();
  const std::size_t count = std::min(kMostCases, earlier_.size() - 1);
  const auto end = earlier_.end() - 1;  // the failing case
  const auto sequence = shortest_failing_sequence({end - static_cast<std::ptrdiff_t>(count), end}, c,
                                                  [&](const CaseSequence& cases) {
                                                    const double left = limit_seconds - seconds_since(begin);
                                                    if (left <= 0) throw SearchEnded();
                                                    return check_again(cases, left) == FreshResult::wrong;
                                                  });
  if (sequence)
    fail("  only after these cases: " + command(*sequence));
  else
    fail(fmt::format(
        "  the reproducer passes in a fresh process, and no sequence of the {} cases before it was found "
        "to fail there: the failure may depend on timing, or on what memory held",
        count));
}

void KernelFuzz::report_minimized(const FuzzCase& c) {
  constexpr double kLongestSeconds = 5;
  const double limit_seconds = std::min(kLongestSeconds, seconds_left());
  const Clock::time_point begin = Clock::now();
  FuzzCase minimized = minimize(c, [&](const FuzzCase& simpler) {
    if (seconds_since(begin) > limit_seconds || !lost().empty() ||
        !unsupported_reason(kernel_, simpler).empty())
      return false;
    const bool is_wrong = check_case(simpler).is_wrong();
    note_loss(simpler);
    return is_wrong;
  });
  const std::string reason = lost();
  // The simpler case may have failed because of what the others left behind.
  if (reason.empty() && minimized != c && check_again({minimized}, kLongestSeconds) == FreshResult::right)
    minimized = c;
  fail(fmt::format("  minimized:  {}{}", command(minimized), reason.empty() ? "" : "\n" + reason));
}

void KernelFuzz::note_loss(const FuzzCase& by) {
  if (shared_.lost_by.empty() && !lost().empty()) shared_.lost_by = command(by);
}

void KernelFuzz::run_reproducers(const std::vector<Reproducer>& reproducers) {
  for (const Reproducer& each : reproducers)
    if (!HasFailure() && lost().empty() && each.applies_to(kernel_.id()) &&
        unsupported_reason(kernel_, each.fuzz_case).empty())
      run(each.fuzz_case);
}

void KernelFuzz::run_random_cases() {
  Progress progress(kernel_.id());
  const DrawChoice choice{.corners = flags_.corners, .volume = flags_.cost};
  for (std::uint64_t n = 0; n < flags_.seeds && !HasFailure() && lost().empty() && seconds_left() > 0; ++n) {
    const auto drawn = random_supported_case(kernel_, flags_.first_seed + n, choice);
    if (!drawn) return;
    run(*drawn);
    ++drawn_;
    if (!HasFailure()) report_bias();
    const double of_seeds = static_cast<double>(n + 1) / static_cast<double>(flags_.seeds);
    const double of_time = flags_.seconds > 0 ? 1 - seconds_left() / flags_.seconds : 0;
    progress.show(std::min(1.0, std::max(of_seeds, of_time)), fmt::format("{} cases", n + 1));
  }
}

}  // namespace warpgauge
