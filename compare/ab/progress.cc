#include "compare/ab/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <iostream>

#include "base/number_format.h"

namespace warpgauge {

AbProgress::AbProgress(int processes) : terminal_(isatty(STDERR_FILENO) == 1), processes_(processes) {}

AbProgress::~AbProgress() {
  clear_line();
}

void AbProgress::clear_line() {
  if (terminal_) std::cerr << "\r\033[K" << std::flush;
}

std::string AbProgress::counts(const std::vector<Decided>& decided) const {
  const auto count = [&](Decided d) { return std::to_string(std::count(decided.begin(), decided.end(), d)); };
  return count(Decided::regression) + " regression, " + count(Decided::improvement) + " improvement, " +
         count(Decided::unchanged) + " unchanged, " + count(Decided::inconclusive) + " open";
}

void AbProgress::look_begins(int look, int blocks, std::size_t cases) {
  if (look > 1)
    tell("look " + std::to_string(look) + ": " + std::to_string(cases) + " cases, up to block " +
         std::to_string(blocks));
}

void AbProgress::process_done(int look, int block, int position, const std::vector<Decided>& decided) {
  ++done_;
  if (!terminal_) return;
  const double elapsed_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  const double left_s = elapsed_s / done_ * (processes_ - done_);
  std::cerr << "\r\033[Klook " << look << ", block " << block << ", process " << position << " of 4 | "
            << counts(decided) << " | at most " << format_time_span(left_s) << " left" << std::flush;
}

void AbProgress::look_decided(int look, int blocks, const std::vector<Decided>& decided) {
  tell("look " + std::to_string(look) + ", " + std::to_string(blocks) + " blocks: " + counts(decided));
}

void AbProgress::tell(const std::string& text) {
  clear_line();
  std::cerr << text << std::endl;
}

}  // namespace warpgauge
