#include "compare/baseline/round.h"

#include <algorithm>
#include <cstdint>

#include "base/date.h"
#include "compare/decide/rounds.h"

namespace warpgauge {

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
