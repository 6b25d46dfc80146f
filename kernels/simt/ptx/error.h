// An error in PTX text.
#pragma once

#include <stdexcept>
#include <string>

namespace warpgauge::ptx {

// what() is "NAME:LINE:COLUMN: what; hint".
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace warpgauge::ptx
