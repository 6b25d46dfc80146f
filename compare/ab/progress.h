// What a person sees during an A/B run. All of it is worded here. On a terminal: one line that is redrawn
// after each process, with the time left and the counts so far. Elsewhere: one line per interim analysis.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "compare/statistics/ab_rule.h"
#include "compare/statistics/decision.h"

namespace warpgauge {

class AbProgress {
 public:
  // Writes to stderr. `processes`: the most that the run can need.
  explicit AbProgress(int processes);
  ~AbProgress();

  void run_begins(std::size_t cases, const AbPlan& plan, double process_s);
  void look_begins(int look, int blocks, std::size_t cases);
  void process_done(int look, int block, int position, const std::vector<Decided>& decided);
  void look_decided(int look, int blocks, const std::vector<Decided>& decided);
  void case_dropped(const std::string& name, Side side, const std::string& cause);
  void run_ended_early(const std::string& cause);

 private:
  std::string counts(const std::vector<Decided>& decided) const;
  void clear_line();
  void print_line(const std::string& text);  // a line that stays

  bool terminal_;
  int processes_, done_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace warpgauge
