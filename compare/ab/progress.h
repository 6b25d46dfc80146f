// What a person sees while an A/B run goes on: on a terminal one line that is drawn anew, with the time left
// and the counts so far; elsewhere one line a look.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "compare/statistics/decision.h"

namespace warpgauge {

class AbProgress {
 public:
  // Writes to stderr; `processes` is how many will run at most.
  explicit AbProgress(int processes);
  ~AbProgress();

  void look_begins(int look, int blocks, std::size_t cases);
  // After each process: where the run is, and what is decided.
  void process_done(int look, int block, int position, const std::vector<Decided>& decided);
  void look_decided(int look, int blocks, const std::vector<Decided>& decided);
  // A line that stays, such as a case that was taken out.
  void tell(const std::string& text);

 private:
  std::string counts(const std::vector<Decided>& decided) const;
  void clear_line();

  bool terminal_;
  int processes_, done_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace warpgauge
