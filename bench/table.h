// The table of results for people: one line per case.
#pragma once

#include <ostream>
#include <span>

#include "bench/backend_runtime.h"
#include "bench/result.h"

namespace warpgauge::bench {

// At most 100 columns wide for names of up to 67 characters.
void print_table(std::ostream& out, std::span<const CaseResult> results, const BackendRuntimes& runtimes);

}  // namespace warpgauge::bench
