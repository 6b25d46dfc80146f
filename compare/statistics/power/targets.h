// The targets of a simulation, and which of them were missed.
#pragma once

#include <string>
#include <vector>

namespace warpgauge::power {

std::string rate(double share, const char* format = "%.3f");  // "-" for NaN

class Targets {
 public:
  // A share may miss its bound by two standard errors of `few_runs` runs; 0: no slack.
  explicit Targets(int few_runs) : few_runs_(few_runs) {}

  void at_least(const std::string& where, const char* what, double value, double bound);  // 0: no target
  void at_most(const std::string& where, const char* what, double value, double bound);
  // A target that is out of reach, as the README explains: summary() lists it, but it is not missed().
  void at_most_out_of_reach(const std::string& where, const char* what, double value, double bound);
  void less(const std::string& where, const char* what, double value, double bound);  // 1: no target

  bool missed() const { return !missed_.empty(); }
  std::string summary() const;  // the number of targets, and each one that was not reached

 private:
  double slack(double bound) const;
  void expect(bool reached, const std::string& where, const char* what, double value, const char* relation,
              double bound, std::vector<std::string>& otherwise);

  int few_runs_;
  int checked_ = 0;
  std::vector<std::string> missed_, out_of_reach_;
};

}  // namespace warpgauge::power
