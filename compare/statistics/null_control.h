// The null control of an A/B run: the same tests on differences that hold no change, because base is compared with base
// and head with head. Where they flag anything, the run's noise is not what the tests take it for, and no red of that
// run can be trusted.
#pragma once

#include <string>
#include <vector>

namespace warpgauge {

enum class NullVerdict { passed, failed, not_available };

struct NullControl {
  NullVerdict verdict = NullVerdict::not_available;
  int pairs = 0;                     // of neighbouring blocks; fewer than three make no control
  double p = 1;                      // the smallest, two-sided, Holm-adjusted
  std::vector<std::size_t> flagged;  // cases, ascending
};

}  // namespace warpgauge
