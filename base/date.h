// Dates as Google Benchmark writes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace warpgauge {

// Seconds since 1970 of "2026-11-20T21:10:26+01:00". Without an offset the date is UTC. Empty if `text` is no
// such date.
[[nodiscard]] std::optional<std::int64_t> parse_date(std::string_view text);

}  // namespace warpgauge
