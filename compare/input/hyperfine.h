// hyperfine's JSON (--export-json FILE).
#pragma once

#include <string>

#include "base/json.h"
#include "compare/input/reader.h"

namespace warpgauge {

// Takes the whole document. Throws Diagnostic. A case is a command, by its text or its --command-name. Each
// run is a repetition. cpu_time is user + system, of which the file has the mean only.
[[nodiscard]] Process read_hyperfine(JsonReader& json, const std::string& file, const ReadOptions& options);

}  // namespace warpgauge
