// Finds a small case that still fails: makes one property of the case simpler at a time, and keeps each
// simpler case that still fails.
#pragma once

#include <functional>

#include "fuzz/generate.h"

namespace warpgauge {

// `fails` says whether a valid case still fails; it is true for `failing`. It is called at most `max_checks`
// times.
[[nodiscard]] FuzzCase minimize(FuzzCase failing, const std::function<bool(const FuzzCase&)>& fails,
                                int max_checks = 200);

}  // namespace warpgauge
