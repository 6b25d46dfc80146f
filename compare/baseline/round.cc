#include "compare/baseline/round.h"

#include <algorithm>

#include "base/date.h"
#include "compare/decide/rounds.h"

namespace warpgauge {
namespace {

bool measured_something(const ResultSet& results) {
  return std::ranges::any_of(results.processes, [](const Process& process) {
    return std::ranges::any_of(process.cases, [](const Case& one) { return one.skip_reason.empty(); });
  });
}

enum class Boot { same, other, unknown };
Boot compare_boots(const BaselineRound& a, const BaselineRound& b) {
  if (a.boot.empty() || b.boot.empty()) return Boot::unknown;
  return a.boot == b.boot ? Boot::same : Boot::other;
}

// A round's name holds the hour, so two rounds of one hour share it: their dates decide.
bool is_same_round(const BaselineRound& a, const BaselineRound& b) {
  const auto date_a = parse_date(a.date), date_b = parse_date(b.date);
  if (date_a && date_b) return *date_a == *date_b && compare_boots(a, b) != Boot::other;
  return !a.round.empty() && a.round == b.round;
}

}  // namespace

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
          .environment = latest->context.state};
}

bool is_repeated_by(const BaselineRound& refused, const BaselineRound& later) {
  if (is_same_round(refused, later)) return true;
  const auto first = parse_date(refused.date), second = parse_date(later.date);
  return first && second && *second - *first >= 0 && *second - *first < kRoundSeconds &&
         compare_boots(refused, later) != Boot::other;
}

std::optional<RoundProblem> problem_with_round(const ResultSet& results, const BaselineRound& round,
                                               std::span<const BaselineRound> stored) {
  using namespace round_problem;
  if (!measured_something(results)) return NothingMeasured{};
  if (!is_one_round(results)) return SeveralRounds{};
  if (!round.date.empty() && !parse_date(round.date)) return BadDate{round.date};
  std::vector<BaselineRound> taken(stored.begin(), stored.end());
  std::erase_if(taken, [](const BaselineRound& one) { return one.state == RoundState::refused; });
  if (taken.empty()) return std::nullopt;
  if (std::ranges::any_of(taken, [&](const BaselineRound& one) { return is_same_round(one, round); }))
    return AlreadyIn{round.date};
  const BaselineRound& last = taken.back();
  const auto now = parse_date(round.date), before = parse_date(last.date);
  if (!now && round.round.empty()) return Undated{};
  if (!now || !before) return std::nullopt;
  if (*now < *before) return BeforeLast{round.date, last.date};
  const Boot boot = compare_boots(round, last);
  if (*now - *before < kRoundSeconds && boot != Boot::other)
    return UnderAnHour{last.date, (*now - *before) / 60, boot == Boot::same};
  return std::nullopt;
}

}  // namespace warpgauge
