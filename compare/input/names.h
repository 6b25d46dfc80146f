// The names by which cases are matched. Google Benchmark adds settings of the measurement to a benchmark's
// name
// (`BM_f/8/min_time:0.010/repeats:3/real_time`). A key with settings would differ as soon as one changes.
#pragma once

#include <string>
#include <string_view>

namespace warpgauge {

// `raw_name` without its trailing /repeats: /iterations: /min_time: /min_warmup_time: /manual_time /real_time
// /process_time. /threads:N is part of the case and is kept at any position among them.
[[nodiscard]] std::string strip_settings(std::string_view raw_name);

}  // namespace warpgauge
