// The message of the Diagnostic that a call throws.
#pragma once

#include <string>

#include "base/diagnostic.h"

namespace warpgauge {

// Empty if it throws none.
template <typename Call>
std::string complaint_of(Call call) {
  try {
    call();
  } catch (const Diagnostic& diagnostic) {
    return diagnostic.what();
  }
  return "";
}

}  // namespace warpgauge
