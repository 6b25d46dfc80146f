// The `context` object of Google Benchmark's JSON: where and how a process ran.
#pragma once

#include <string_view>

#include "base/json.h"
#include "compare/input/result_set.h"

namespace warpgauge {

// Takes the next value of `json`. Throws Diagnostic.
// context.warpgauge = {schema, round, identity{}, state{}, info{}, settings{}} is taken as it is. In every
// file, num_cpus and caches become derived_identity; cpu_scaling_enabled, aslr_enabled and library_build_type
// become state; the other scalars become info.
[[nodiscard]] Context read_context(JsonReader& json, std::string_view file);

}  // namespace warpgauge
