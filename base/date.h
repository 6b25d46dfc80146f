// Dates as Google Benchmark writes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace warpgauge {

// No benchmark ran in another year. A clock that is set to year 9999 must not make every later round "before
// the last one".
inline constexpr int kFirstYear = 1900, kLastYear = 2199;

// Seconds since 1970 of "2026-11-20T21:10:26+01:00". Without an offset the date is UTC. Empty if `text` is no
// such date, or outside of these years.
[[nodiscard]] std::optional<std::int64_t> parse_date(std::string_view text);

}  // namespace warpgauge
