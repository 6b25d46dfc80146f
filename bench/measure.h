// Measures: warm-up, plan, then rounds of repetitions.
#pragma once

#include <span>

#include "bench/backend_runtime.h"
#include "bench/options.h"
#include "bench/result.h"
#include "bench/schedule.h"

namespace warpgauge::bench {

// Times every case that passed its check, in about options.seconds() including the warm-up. A case whose
// launch throws becomes failed. If the device is lost, its backend is not measured further: the other cases
// keep their complete repetitions, and a case without any becomes failed.
Plan measure_cases(std::span<CaseResult> results, BackendRuntimes& runtimes, const Options& options);

}  // namespace warpgauge::bench
