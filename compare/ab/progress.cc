#include "compare/ab/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <new>

#include "base/console.h"
#include "base/diagnostic.h"
#include "base/number_format.h"

namespace warpgauge {

AbProgress::AbProgress(int processes) : terminal_(isatty(STDERR_FILENO) == 1), processes_(processes) {}

AbProgress::~AbProgress() {
  try {
    clear_line();
  } catch (const std::bad_alloc&) {  // the line stays
  }
}

void AbProgress::clear_line() {
  if (terminal_) show_status("");
}

void AbProgress::print_line(const std::string& text) {
  clear_line();
  print_to_stderr(text + "\n");
}

std::string AbProgress::counts(const std::vector<Decided>& decided) const {
  const auto count = [&](Decided d) { return std::ranges::count(decided, d); };
  return fmt::format("{} regression, {} improvement, {} unchanged, {} open", count(Decided::regression),
                     count(Decided::improvement), count(Decided::unchanged), count(Decided::inconclusive));
}

void AbProgress::run_begins(std::size_t cases, const AbPlan& plan, double process_s) {
  const auto duration = [&](int blocks) { return format_time_span(blocks * kPositions * process_s); };
  print_line(fmt::format("{} cases, {} to {} blocks of {} processes: about {} to {}", cases,
                         plan.first_blocks, plan.max_blocks, kPositions, duration(plan.first_blocks),
                         duration(plan.max_blocks)));
}

void AbProgress::look_begins(int look, int blocks, std::size_t cases) {
  if (look > 1) print_line(fmt::format("analysis {}: {} cases, up to block {}", look, cases, blocks));
}

void AbProgress::process_done(int look, int block, int position, const std::vector<Decided>& decided) {
  ++done_;
  if (!terminal_) return;
  const double elapsed_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  const double left_s = elapsed_s / done_ * (processes_ - done_);
  show_status(fmt::format("analysis {}, block {}, process {} of {} | {} | at most {} left", look, block,
                          position, kPositions, counts(decided), format_time_span(left_s)));
}

void AbProgress::look_decided(int look, int blocks, const std::vector<Decided>& decided) {
  print_line(fmt::format("analysis {}, {} blocks: {}", look, blocks, counts(decided)));
}

void AbProgress::case_dropped(const std::string& name, Side side, const std::string& cause) {
  print_line(fmt::format("removed from the run: {}, {}: {}", printable(name), side_name(side), cause));
}

void AbProgress::run_ended_early(const std::string& cause) {
  print_line("the run ends early: " + cause);
}

}  // namespace warpgauge
