// One line on stderr that shows how far a run is and how long it will still take. It prints nothing if stderr
// is no terminal.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace warpgauge {

class Progress {
 public:
  explicit Progress(std::string phase);
  ~Progress();  // erases the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `done` is the fraction of the work that is done, 0 to 1; `what` is at work now.
  void show(double done, std::string_view what);

 private:
  std::string phase_;
  bool is_terminal_;
  bool is_shown_ = false;
  std::chrono::steady_clock::time_point begin_, shown_;
};

// "measuring  42 %, 3 s left  cpu/blas"
[[nodiscard]] std::string progress_text(std::string_view phase, double done, double elapsed_s,
                                        std::string_view what);

}  // namespace warpgauge
