#include "compare/decide/rounds.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <stdexcept>

#include "base/date.h"
#include "base/diagnostic.h"

namespace warpgauge {
namespace {

// Earliest and latest date of the processes; nullopt if one has no date.
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

bool is_marked(const Process& process) {
  return process.context.round.has_value();
}

// A round that crosses a full hour has two names.
bool belong_together(const Process& a, const Process& b) {
  if (!is_marked(a) || !is_marked(b)) return false;
  if (a.context.round == b.context.round) return true;
  const auto date_a = parse_date(a.context.info_of("date")), date_b = parse_date(b.context.info_of("date"));
  return boot_of(a) == boot_of(b) && date_a && date_b && std::abs(*date_a - *date_b) < kRoundSeconds;
}

}  // namespace

// bench/ writes rounds as BOOT-HOUR.
std::string boot_of(const Process& process) {
  const std::string round = process.context.round.value_or("");
  return round.substr(0, std::min(round.rfind('-'), round.size()));
}

bool is_one_round(const ResultSet& results) {
  if (rounds_of(results).size() == 1) return true;
  if (std::any_of(results.processes.begin(), results.processes.end(), is_marked)) return false;
  // Files of other benchmark binaries name no round, so their dates decide.
  const auto span = span_of(results);
  return span && span->second - span->first < kRoundSeconds;
}

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

void date_results(ResultSet& results, const std::string& date) {
  if (!parse_date(date)) {
    throw std::invalid_argument(
        "'" + printable(date) +
        "' is not a date; use the format of `date -Iseconds`, such as 2026-11-20T21:10:26+01:00");
  }
  for (Process& process : results.processes) {
    if (parse_date(process.context.info_of("date")))
      throw std::invalid_argument(process.file + " contains its date; omit the flag");
    process.context.info["date"] = date;
  }
}

}  // namespace warpgauge
