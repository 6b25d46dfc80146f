// A statistic over a run. Truncation instead of rounding, or a wrong constant, may stay within the bound of
// every row, but their errors have one sign. The errors of right kernels have a mean near 0.
//
// A sample is the mean over a problem. Rows of one problem share keys and values, or are equal (stride 0), so
// their errors are not independent.
#pragma once

#include <array>
#include <string>

#include "fuzz/accuracy.h"
#include "kernels/attention.h"

namespace warpgauge {

class SignedBias {
 public:
  void add(Dtype dtype,  // of O
           const Accuracy& accuracy);

  // Empty, or which type is biased, by how much, and how far right kernels are.
  [[nodiscard]] std::string failure() const;

  // "f16 0.001, bf16 -0.002": mean signed error in ulps of each type that was checked.
  [[nodiscard]] std::string summary() const;

 private:
  struct OfType {
    SignedErrors upward, outward;  // of the problems
  };
  std::array<OfType, 3> types_;  // by Dtype; O is never e4m3
};

}  // namespace warpgauge
