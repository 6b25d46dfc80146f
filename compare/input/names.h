// What cases are matched by. Google Benchmark puts settings of the measurement into a benchmark's name
// (`BM_f/8/min_time:0.010/repeats:3/real_time`): a key that holds them breaks when a setting changes.
#pragma once

#include <string>
#include <string_view>

namespace warpgauge {

// `raw_name` without its trailing /repeats: /iterations: /min_time: /min_warmup_time: /manual_time /real_time
// /process_time. /threads:N is part of the case: it stays, wherever it stands among them.
std::string strip_settings(std::string_view raw_name);

}  // namespace warpgauge
