#include "base/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include "base/console.h"
#include "base/number_format.h"

namespace warpgauge {
namespace {

using std::chrono::duration;
using std::chrono::steady_clock;

}  // namespace

Progress::Progress(std::string phase)
    : phase_(std::move(phase)), is_terminal_(isatty(STDERR_FILENO) == 1), begin_(steady_clock::now()) {}

Progress::~Progress() {
  if (is_shown_) show_status("");
}

void Progress::show(double done, std::string_view what) {
  constexpr duration<double> kInterval{0.2};  // writing more often would disturb a measurement
  const auto now = steady_clock::now();
  if (!is_terminal_ || now - shown_ < kInterval) return;
  shown_ = now;
  is_shown_ = true;
  show_status(progress_text(phase_, done, duration<double>(now - begin_).count(), what));
}

std::string progress_text(std::string_view phase, double done, double elapsed_s, std::string_view what) {
  constexpr double kLeastDone = 0.02;  // an estimate from less is a guess
  const std::string left =
      done > kLeastDone ? fmt::format(", {} left", format_time_span(elapsed_s / done * (1 - done))) : "";
  return fmt::format("{} {:3.0f} %{}  {}", phase, 100 * done, left, what);
}

}  // namespace warpgauge
