// One round of results, and whether a baseline can take it in. A round is the processes of one boot within an
// hour: what slows an hour slows all of its processes, so a stored baseline counts rounds and not processes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "compare/baseline/baseline.h"
#include "compare/input/result_set.h"

namespace warpgauge {

// The round that these results would be in a baseline, without its numbers. Its date is the latest process's.
[[nodiscard]] BaselineRound describe_round(const ResultSet& results, const std::string& statistic);

// Why a baseline cannot take results in as one more round.
namespace round_problem {
struct NothingMeasured {};  // every case was skipped
struct SeveralRounds {};    // or the files have neither rounds nor dates, so that this cannot be excluded
struct AlreadyIn {          // a stored round has the same date, or the same name and no date
  std::string date;         // empty if unknown
};
struct Undated {};  // neither date nor round: cannot be distinguished from the stored rounds
struct BadDate {    // has a date that is none: 25:61:61, or the year 9999
  std::string date;
};
struct BeforeLast {
  std::string date, last_date;
};
struct UnderAnHour {  // after the last round, and not known to be of another boot
  std::string last_date;
  std::int64_t minutes = 0;  // since then, rounded down
  bool same_boot = false;    // known to be; else a boot is unknown
};
}  // namespace round_problem
using RoundProblem = std::variant<round_problem::NothingMeasured, round_problem::SeveralRounds,
                                  round_problem::AlreadyIn, round_problem::Undated, round_problem::BadDate,
                                  round_problem::BeforeLast, round_problem::UnderAnHour>;

// Whether `later` has to replace a refused round: it is of the same time, or less than an hour after it and
// not known to be of another boot.
[[nodiscard]] bool is_repeated_by(const BaselineRound& refused, const BaselineRound& later);

// Nothing if the baseline can take the round in. `round` describes `results`; `stored` are the rounds of the
// baseline, oldest first. Refused ones are no obstacle.
[[nodiscard]] std::optional<RoundProblem> problem_with_round(const ResultSet& results,
                                                             const BaselineRound& round,
                                                             std::span<const BaselineRound> stored);

}  // namespace warpgauge
