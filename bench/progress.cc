#include "bench/progress.h"

#include <unistd.h>

#include <cstdio>

namespace warpgauge::bench {

using std::chrono::duration;
using std::chrono::steady_clock;

Progress::Progress(std::string phase)
    : phase_(std::move(phase)), terminal_(isatty(STDERR_FILENO) != 0), begin_(steady_clock::now()) {}

Progress::~Progress() {
  if (terminal_) std::fputs("\r\033[K", stderr);
}

void Progress::show(double done, const std::string& what) {
  constexpr duration<double> kEvery{0.2};  // more often, and the writing would disturb what is measured
  const auto now = steady_clock::now();
  if (!terminal_ || now - shown_ < kEvery) return;
  shown_ = now;
  const double spent_s = duration<double>(now - begin_).count();
  std::fprintf(stderr, "\r\033[K%s %3.0f %%", phase_.c_str(), 100 * done);
  if (done > 0.02) std::fprintf(stderr, ", %.0f s left", spent_s / done * (1 - done));
  std::fprintf(stderr, "  %s", what.c_str());
  std::fflush(stderr);
}

}  // namespace warpgauge::bench
