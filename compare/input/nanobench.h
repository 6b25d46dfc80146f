// nanobench's JSON: its template ankerl::nanobench::templates::json().
#pragma once

#include <string>

#include "base/json.h"
#include "compare/input/reader.h"

namespace warpgauge {

// Takes the whole document. Throws Diagnostic. A case is NAME, or TITLE/NAME if the program sets a title.
// Each measurement is a repetition, with its time per unit of the batch. real_time is `elapsed`; any other
// metric is the name of a number in the measurements ("instructions"). A result without measurements has its
// median only.
[[nodiscard]] Process read_nanobench(JsonReader& json, const std::string& file, const ReadOptions& options);

}  // namespace warpgauge
