// What a person reads: one line a case.
#pragma once

#include <ostream>
#include <span>

#include "bench/result.h"
#include "bench/station.h"

namespace warpgauge::bench {

// At most 110 columns wide for names up to 52 characters.
void print_table(std::ostream& out, std::span<const CaseResult> results, const Stations& stations);

}  // namespace warpgauge::bench
