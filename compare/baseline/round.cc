#include "compare/baseline/round.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <stdexcept>

#include "compare/input/diagnostic.h"

namespace warpgauge {
namespace {

constexpr std::int64_t kRoundSeconds = 3600;

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
  const int hours = digits(text, 1, 2);
  const int minutes = digits(text, text.size() > 3 && text[3] == ':' ? 4 : 3, 2);
  if (hours < 0 || minutes < 0) return std::nullopt;
  const std::int64_t seconds = 3600 * hours + 60 * minutes;
  return text[0] == '-' ? -seconds : seconds;
}

// Earliest and latest date of the processes; nothing where one has none.
std::optional<std::pair<std::int64_t, std::int64_t>> span_of(const ResultSet& results) {
  std::optional<std::pair<std::int64_t, std::int64_t>> span;
  for (const Process& process : results.processes) {
    const auto date = parse_date(process.context.info_of("date"));
    if (!date) return std::nullopt;
    span = span ? std::pair(std::min(span->first, *date), std::max(span->second, *date))
                : std::pair(*date, *date);
  }
  return span;
}

// bench/ writes rounds as BOOT-HOUR.
std::string boot_of(const Process& process) {
  const std::string round = process.context.round.value_or("");
  return round.substr(0, std::min(round.rfind('-'), round.size()));
}

bool is_marked(const Process& process) {
  return process.context.round.has_value();
}

// A round may go over the full hour, and then has two names.
bool belong_together(const Process& a, const Process& b) {
  if (!is_marked(a) || !is_marked(b)) return false;
  if (a.context.round == b.context.round) return true;
  const auto date_a = parse_date(a.context.info_of("date")), date_b = parse_date(b.context.info_of("date"));
  return boot_of(a) == boot_of(b) && date_a && date_b && std::abs(*date_a - *date_b) < kRoundSeconds;
}

bool is_one_round(const ResultSet& results) {
  if (rounds_of(results).size() == 1) return true;
  if (std::any_of(results.processes.begin(), results.processes.end(), is_marked)) return false;
  // Files of another benchmark binary carry no round: their dates tell.
  const auto span = span_of(results);
  return span && span->second - span->first < kRoundSeconds;
}

}  // namespace

std::vector<std::vector<std::size_t>> rounds_of(const ResultSet& results) {
  std::vector<std::vector<std::size_t>> rounds;
  for (std::size_t i = 0; i < results.processes.size(); ++i) {
    const auto same = std::find_if(rounds.begin(), rounds.end(), [&](const auto& round) {
      return belong_together(results.processes[round.front()], results.processes[i]);
    });
    if (same == rounds.end()) {
      rounds.push_back({i});
    } else {
      same->push_back(i);
    }
  }
  return rounds;
}

std::optional<std::int64_t> parse_date(std::string_view text) {
  constexpr std::string_view kForm = "YYYY-MM-DDTHH:MM:SS";
  const int parts[] = {digits(text, 0, 4),  digits(text, 5, 2),  digits(text, 8, 2),
                       digits(text, 11, 2), digits(text, 14, 2), digits(text, 17, 2)};
  if (std::any_of(std::begin(parts), std::end(parts), [](int part) { return part < 0; })) return std::nullopt;
  const auto day = std::chrono::year(parts[0]) / std::chrono::month(static_cast<unsigned>(parts[1])) /
                   std::chrono::day(static_cast<unsigned>(parts[2]));
  const auto offset = parse_offset(text.substr(kForm.size()));
  if (!day.ok() || !offset) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(day).time_since_epoch().count();
  return days * 86400 + parts[3] * 3600 + parts[4] * 60 + parts[5] - *offset;
}

void date_results(ResultSet& results, const std::string& date) {
  if (!parse_date(date)) {
    throw std::invalid_argument(
        "'" + printable(date) +
        "' is no date; it takes what `date -Iseconds` prints, 2026-11-20T21:10:26+01:00");
  }
  for (Process& process : results.processes) {
    if (parse_date(process.context.info_of("date")))
      throw std::invalid_argument(process.file + " tells its date itself; leave the flag away");
    process.context.info["date"] = date;
  }
}

BaselineRound describe_round(const ResultSet& results, const std::string& statistic) {
  const Process* latest = &results.processes.front();
  for (const Process& process : results.processes) {
    const auto date = parse_date(process.context.info_of("date")),
               best = parse_date(latest->context.info_of("date"));
    if (date && (!best || *date > *best)) latest = &process;
  }
  return {.round = latest->context.round.value_or(""),
          .boot = boot_of(*latest),
          .date = latest->context.info_of("date"),
          .commit = latest->context.info_of("commit"),
          .reason = {},
          .statistic = statistic,
          .processes = static_cast<std::int64_t>(results.processes.size()),
          .state = latest->context.state};
}

std::string reason_against_round(const ResultSet& results, const BaselineRound& round,
                                 std::span<const BaselineRound> stored) {
  if (!is_one_round(results)) {
    return "the files are of several rounds, or do not tell; bless takes one: processes of one boot within "
           "an hour (--date says when, where the files do not)";
  }
  if (stored.empty()) return "";
  const bool again = std::any_of(stored.begin(), stored.end(), [&](const BaselineRound& one) {
    return !round.round.empty() && one.round == round.round;
  });
  if (again) return "this round is already in the baseline";
  const BaselineRound& last = stored.back();
  const auto now = parse_date(round.date), before = parse_date(last.date);
  // The same file again would be a round that deviates by nothing.
  if (!now && round.round.empty()) {
    return "neither a date nor a round is in the results: nobody can tell them from a round that is already "
           "in "
           "the baseline; say with --date when they were measured";
  }
  if (!now || !before) return "";
  if (*now < *before) return "it was measured before the baseline's last round (" + last.date + ")";
  const bool other_boot = !round.boot.empty() && !last.boot.empty() && round.boot != last.boot;
  if (*now - *before < kRoundSeconds && !other_boot) {
    return "it was measured less than an hour after the last round (" + last.date +
           ") on the same boot: it would tell nothing that the last one does not; wait, or restart";
  }
  return "";
}

}  // namespace warpgauge
