// nvbench's JSON (--json FILE), of versions whose summaries have tags ("nv/cold/time/gpu/mean").
#pragma once

#include <string>

#include "base/json.h"
#include "compare/input/reader.h"

namespace warpgauge {

// Takes the whole document. Throws Diagnostic. A state is a case, BENCH/AXIS:VALUE/..., followed by /device:N
// if states ran on several devices. real_time is the mean of the cold GPU times (of the CPU times for a
// benchmark without a GPU), which every version writes. cpu_time is the mean of the CPU times. Any other
// metric is the tag of a summary. A case has only the mean of its samples: it is aggregate_only. Identity is
// the name, SM count, compute capability, memory and ECC state of the devices in use.
[[nodiscard]] Process read_nvbench(JsonReader& json, const std::string& file, const ReadOptions& options);

}  // namespace warpgauge
