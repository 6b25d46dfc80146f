// What a simulation is asked to reach, and what of it was missed.
#pragma once

#include <string>
#include <vector>

namespace warpgauge::power {

std::string rate(double share, const char* format = "%.3f");  // "-" where there is none

class Targets {
 public:
  // A share from `few_runs` is forgiven two standard errors of theirs; 0: nothing is forgiven.
  explicit Targets(int few_runs) : few_runs_(few_runs) {}

  void at_least(const std::string& where, const char* what, double value, double bound);  // 0: no target
  void at_most(const std::string& where, const char* what, double value, double bound);
  void less(const std::string& where, const char* what, double value, double bound);  // 1: no target

  bool missed() const { return !missed_.empty(); }
  std::string summary() const;  // how many, and each that was missed

 private:
  double slack(double bound) const;
  void expect(bool reached, const std::string& where, const char* what, double value, const char* relation,
              double bound);

  int few_runs_;
  int asked_ = 0;
  std::vector<std::string> missed_;
};

}  // namespace warpgauge::power
