// nvbench's JSON (--json FILE), the versions that name summaries by tag ("nv/cold/time/gpu/mean").
#pragma once

#include <string>

#include "base/json.h"
#include "compare/input/reader.h"

namespace warpgauge {

// Takes the whole document. A state is a case, BENCH/AXIS:VALUE/..., with /device:N behind it when states ran
// on several devices. real_time is the mean of the cold GPU times (of the CPU times of a benchmark without a
// GPU), which every version writes; cpu_time the mean of the CPU times beside it; any other metric is the tag
// of a summary. The mean stands for all samples: the case is aggregate_only. Identity is the name, SM count,
// compute capability, memory and ECC state of the devices in use. Throws Diagnostic.
Process read_nvbench(JsonReader& json, const std::string& file, const ReadOptions& options);

}  // namespace warpgauge
