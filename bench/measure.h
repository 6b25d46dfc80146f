// Takes the samples: warm-up, plan, then rounds of repetitions.
#pragma once

#include <span>

#include "bench/options.h"
#include "bench/result.h"
#include "bench/schedule.h"
#include "bench/station.h"

namespace warpgauge::bench {

// Times every case that passed its check, within about options.seconds() of which the warm-up takes its part.
// A case whose launch fails meanwhile becomes failed. Where a failure takes the device along, its backend's
// measuring ends: complete repetitions of the other cases are kept, those without any become failed.
Plan measure_cases(std::span<CaseResult> results, Stations& stations, const Options& options);

}  // namespace warpgauge::bench
