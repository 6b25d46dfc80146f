// A stored baseline: what one machine measured of one matrix, round by round. Schema warpgauge/baseline/1.
//
//   {"schema": "warpgauge/baseline/1",
//    "metric": {"name": "real_time", "better": "lower"},
//    "identity": {...},                           the hardware, as in context.warpgauge
//    "rounds": [                                  oldest first, at most kMaxRounds, one per line
//     {"round": "...", "boot": "...", "date": "...", "commit": "...", "reason": "...",
//      "statistic": "q25", "processes": 3, "state": {...}, "samples": 40}],
//    "cases": [                                   sorted by name, one per line
//     {"name": "...", "numbers": [1.5, null]}],   one per round; null: the round does not count for the case
//    "history": [                                 edits, oldest first, one per line
//     {"action": "accept", "cases": ["..."], "reason": "...", "date": "...", "commit": "..."}]}
//
// A number is in the metric's unit (nanoseconds for times): the geometric mean, over the processes of the
// round, of the statistic of a process's samples. The text is canonical: equal baselines are equal bytes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compare/decide/stored_side.h"
#include "compare/input/result_set.h"
#include "compare/statistics/statistic.h"

namespace warpgauge {

inline constexpr std::size_t kMaxRounds = 20;

struct BaselineRound {
  std::string round, boot, date, commit;  // empty if unknown
  std::string reason;                     // why it was blessed
  std::string statistic;                  // statistic_name()
  std::int64_t processes = 0;
  std::int64_t samples = 0;  // fewest per process and case; 0 if unknown, or if the numbers are medians
  std::map<std::string, std::string> state;  // driver, compiler...
};

struct BaselineEvent {
  std::string action;  // accept, remove, rename, tighten
  std::vector<std::string> cases;
  std::string reason, date, commit;
};

struct Baseline {
  Metric metric;
  std::map<std::string, std::string> identity;
  std::vector<BaselineRound> rounds;                                // oldest first
  std::map<std::string, std::vector<std::optional<double>>> cases;  // name -> [rounds.size()]
  std::vector<BaselineEvent> history;
};

inline constexpr std::string_view kRestoreBaseline =
    "restore the file from git, or bless into another folder";

[[nodiscard]] std::string format_baseline(const Baseline& baseline);

// Throws Diagnostic with `file` and `hint` in its text.
[[nodiscard]] Baseline parse_baseline(std::string_view text, const std::string& file,
                                      std::string_view hint = kRestoreBaseline);

// As a side of a comparison. Reports show `file`. State and commit are the last round's.
[[nodiscard]] StoredSide side_of(const Baseline& baseline, const std::string& file);

// The numbers of a case of the baseline, as the statistics take them: the log of each round's number (of its
// reciprocal if higher is better), NaN if the round does not count.
[[nodiscard]] std::vector<double> stored_numbers(const Baseline& baseline, const std::string& name);

// The statistic that all rounds' numbers are of.
[[nodiscard]] Statistic statistic_of(const Baseline& baseline);

}  // namespace warpgauge
