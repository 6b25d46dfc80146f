// The cases of regressions.txt, which every run checks first.
#pragma once

#include <vector>

#include "fuzz/reproducer.h"

namespace warpgauge {

[[nodiscard]] std::vector<Reproducer> recorded_cases();

}  // namespace warpgauge
