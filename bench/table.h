// The table of results for people: one line per case.
#pragma once

#include <span>
#include <string>

#include "bench/backend_runtime.h"
#include "bench/result.h"

namespace warpgauge::bench {

// At most 100 columns wide for names of up to 100 characters. Those above 67 have their values in the next
// line. Below are the models that have the problems.
[[nodiscard]] std::string table_of(std::span<const CaseResult> results, const BackendRuntimes& runtimes);

}  // namespace warpgauge::bench
