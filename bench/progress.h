// One line on stderr that says what is being done and for how long still; silent where stderr is no terminal.
#pragma once

#include <chrono>
#include <string>

namespace warpgauge::bench {

class Progress {
 public:
  explicit Progress(std::string phase);
  ~Progress();  // wipes the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `done` of the work (0..1) is behind us; `what` is next.
  void show(double done, const std::string& what);

 private:
  std::string phase_;
  bool terminal_;
  std::chrono::steady_clock::time_point begin_, shown_;
};

}  // namespace warpgauge::bench
