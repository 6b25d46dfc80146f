#include "compare/statistics/power/targets.h"

#include <cmath>
#include <cstdio>

namespace warpgauge::power {

std::string rate(double share, const char* format) {
  if (std::isnan(share)) return "-";
  char text[32];
  std::snprintf(text, sizeof text, format, share);
  return text;
}

void Targets::at_least(const std::string& where, const char* what, double value, double bound) {
  if (bound > 0) expect(value >= bound - slack(bound), where, what, value, ">=", bound, missed_);
}

void Targets::at_most(const std::string& where, const char* what, double value, double bound) {
  expect(value <= bound + slack(bound), where, what, value, "<=", bound, missed_);
}

void Targets::at_most_out_of_reach(const std::string& where, const char* what, double value, double bound) {
  expect(value <= bound + slack(bound), where, what, value, "<=", bound, out_of_reach_);
}

void Targets::less(const std::string& where, const char* what, double value, double bound) {
  if (bound < 1) expect(value < bound, where, what, value, "<", bound, missed_);
}

std::string Targets::summary() const {
  std::string text =
      "\n" + std::to_string(checked_) + " targets, " + std::to_string(missed_.size()) + " missed\n";
  for (const std::string& line : missed_) text += "  MISSED " + line + "\n";
  for (const std::string& line : out_of_reach_) text += "  OUT OF REACH " + line + "\n";
  return text;
}

// For shares only: a mean number of blocks is above 1 and gets no slack.
double Targets::slack(double bound) const {
  return few_runs_ > 0 && bound < 1 ? 2 * std::sqrt(bound * (1 - bound) / few_runs_) : 0;
}

void Targets::expect(bool reached, const std::string& where, const char* what, double value,
                     const char* relation, double bound, std::vector<std::string>& otherwise) {
  ++checked_;
  if (!reached)
    otherwise.push_back(where + ": " + what + " " + rate(value, "%.4f") + ", target " + relation + " " +
                        rate(bound, "%.4g"));
}

}  // namespace warpgauge::power
