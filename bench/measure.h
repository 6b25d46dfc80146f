// Measures: warm-up, plan, then rounds of repetitions.
#pragma once

#include <span>

#include "bench/backend_runtime.h"
#include "bench/options.h"
#include "bench/result.h"
#include "bench/schedule.h"

namespace warpgauge::bench {

// Times every case that passed its check, in about options.seconds() including the warm-up. Each launch gets
// inputs of its own (renewal_draw.h) over erased outputs. The rows of some launches, drawn at random, are
// kept in CaseResult::timed_rows. A case whose launch throws, or whose clocks disagree (timing_audit.h),
// becomes failed. If the device is lost, its backend is not measured further: the other cases keep their
// complete repetitions, and a case without any becomes failed.
Plan measure_cases(std::span<CaseResult> results, BackendRuntimes& runtimes, const Options& options);

}  // namespace warpgauge::bench
