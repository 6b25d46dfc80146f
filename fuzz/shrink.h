// Finds a small case that still fails: tries, again and again, to make one thing of the case simpler, and
// keeps what fails.
#pragma once

#include <functional>

#include "fuzz/generate.h"

namespace warpgauge {

// `fails` says whether a case (supported, valid) still fails; it does for `failing`. At most `max_checks`
// calls.
FuzzCase shrink(FuzzCase failing, const std::function<bool(const FuzzCase&)>& fails, int max_checks = 200);

}  // namespace warpgauge
