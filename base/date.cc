#include "base/date.h"

#include <charconv>
#include <chrono>
#include <iterator>

namespace warpgauge {
namespace {

// The number that `count` digits at `at` make; -1 when they are not there.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = -1;
  if (text.size() < at + count) return -1;
  const char* begin = text.data() + at;
  const auto result = std::from_chars(begin, begin + count, value);
  return result.ec == std::errc() && result.ptr == begin + count && value >= 0 ? value : -1;
}

// "+01:00", "-0330", "Z" or nothing, in seconds.
std::optional<std::int64_t> parse_offset(std::string_view text) {
  if (text.empty() || text == "Z") return 0;
  if (text[0] != '+' && text[0] != '-') return std::nullopt;
  const std::size_t colon = text.size() > 3 && text[3] == ':' ? 1 : 0;
  const int hours = digits(text, 1, 2), minutes = digits(text, 3 + colon, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || text.size() != 5 + colon) return std::nullopt;
  const std::int64_t seconds = 3600 * hours + 60 * minutes;
  return text[0] == '-' ? -seconds : seconds;
}

}  // namespace

std::optional<std::int64_t> parse_date(std::string_view text) {
  constexpr std::string_view kForm = "YYYY-MM-DDTHH:MM:SS";
  constexpr int kMostParts[] = {kLastYear, 12, 31, 23, 59, 60};  // 60: a leap second
  if (text.size() < kForm.size() || text[4] != '-' || text[7] != '-' ||
      (text[10] != 'T' && text[10] != ' ') || text[13] != ':' || text[16] != ':')
    return std::nullopt;
  const int parts[] = {digits(text, 0, 4),  digits(text, 5, 2),  digits(text, 8, 2),
                       digits(text, 11, 2), digits(text, 14, 2), digits(text, 17, 2)};
  for (std::size_t i = 0; i < std::size(parts); ++i)
    if (parts[i] < 0 || parts[i] > kMostParts[i]) return std::nullopt;
  const auto day = std::chrono::year(parts[0]) / std::chrono::month(static_cast<unsigned>(parts[1])) /
                   std::chrono::day(static_cast<unsigned>(parts[2]));
  const auto offset = parse_offset(text.substr(kForm.size()));
  if (!day.ok() || !offset) return std::nullopt;
  if (parts[0] < kFirstYear) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(day).time_since_epoch().count();
  return days * 86400 + parts[3] * 3600 + parts[4] * 60 + parts[5] - *offset;
}

}  // namespace warpgauge
