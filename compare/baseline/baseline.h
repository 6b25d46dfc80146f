// A stored baseline: what one machine measured of one matrix, round by round. Schema warpgauge/baseline/2.
//
//   {"schema": "warpgauge/baseline/2",
//    "metrics": [{"name": "real_time", "better": "lower"}],   the first is judged unless a flag names another
//    "identity": {...},                           the hardware, as in context.warpgauge
//    "rounds": [                                  oldest first, one per line
//     {"state": "accepted", "round": "...", "boot": "...", "date": "...", "commit": "...", "reason": "...",
//      "statistic": "q25", "processes": 3, "environment": {...}, "samples": 40, "noise": ["..."],
//      "failed": ["..."]}],
//    "cases": [                                   sorted by name, one per line
//     {"name": "...", "values": {"real_time": [1.5, null]}}],   one per round; null: the round has none
//    "history": [                                 edits, oldest first, one per line
//     {"action": "accept", "cases": ["..."], "reason": "...", "date": "...", "commit": "..."}]}
//
// A value is in the metric's unit (nanoseconds for times): the geometric mean, over the processes of the
// round, of the statistic of a process's samples; the arithmetic mean if one of them is not above 0. A case
// may lack values of some metrics; those of the first one are then null. The text is canonical: equal
// baselines are equal bytes.
//
// A value counts if its round is accepted and does not name the case in "noise". Only values that count move
// the centre of a case. The others show which slower speeds the case has (statistics/known_speeds.h).
//
// Version 1 is read, too. It has one metric, and accepted rounds only.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compare/decide/gate.h"
#include "compare/decide/stored_side.h"
#include "compare/input/result_set.h"
#include "compare/statistics/statistic.h"

namespace warpgauge {

inline constexpr std::size_t kMaxRounds = 20;  // accepted ones; and as many others

// noise: `bless --noise` named every case of the round.
enum class RoundState { accepted, refused, noise };
[[nodiscard]] const char* round_state_name(RoundState state);  // "accepted", "refused", "noise"

struct BaselineRound {
  std::string round, boot, date, commit;  // empty if unknown
  std::string reason;                     // why it was blessed
  std::string statistic;                  // statistic_name()
  std::int64_t processes = 0;
  std::int64_t samples = 0;  // fewest per process and case; 0 if unknown, or if the numbers are medians
  std::map<std::string, std::string> environment = {};  // driver, compiler...
  RoundState state = RoundState::accepted;
  std::vector<std::string> noise = {};   // cases whose value does not count, though the round is accepted
  std::vector<std::string> failed = {};  // cases that have no value because they failed
};

struct BaselineEvent {
  std::string action;  // accept, remove, rename, tighten
  std::vector<std::string> cases;
  std::string reason, date, commit;
};

// name -> [rounds.size()]
using CaseValues = std::map<std::string, std::vector<std::optional<double>>>;

struct OtherMetric {
  Metric metric;
  CaseValues cases;
};

struct Baseline {
  Metric metric;
  std::map<std::string, std::string> identity;
  std::vector<BaselineRound> rounds;  // oldest first
  CaseValues cases;                   // of `metric`
  std::vector<BaselineEvent> history;
  std::vector<OtherMetric> others = {};
};

inline constexpr std::string_view kRestoreBaseline =
    "restore the file from git, or bless into another folder";

[[nodiscard]] std::string format_baseline(const Baseline& baseline);

// Throws Diagnostic with `file` and `hint` in its text.
[[nodiscard]] Baseline parse_baseline(std::string_view text, const std::string& file,
                                      std::string_view hint = kRestoreBaseline);

// As a side of a comparison. Reports show `file`. State and commit are the last round's.
[[nodiscard]] StoredSide side_of(const Baseline& baseline, const std::string& file);

// Whether a round's value of a case counts.
[[nodiscard]] bool counts(const BaselineRound& round, const std::string& name);

// The numbers of a case that count, as the statistics take them: one per accepted round, the log of its value
// (of its reciprocal if higher is better), NaN if there is none, if it does not count or is not above 0.
[[nodiscard]] std::vector<double> stored_numbers(const Baseline& baseline, const std::string& name);

// The same in the metric's unit.
[[nodiscard]] std::vector<double> stored_values(const Baseline& baseline, const std::string& name);

// Each metric of the baseline with the results that were read for it. All cases of a metric that the baseline
// does not hold are new.
[[nodiscard]] std::vector<StoredMetric> stored_metrics(const Baseline& baseline, const std::string& file,
                                                       const std::vector<Metric>& metrics,
                                                       std::vector<ResultSet> heads);
// The metric of a comparison with only one: by its name, the baseline's first if it holds no such metric.
[[nodiscard]] Metric only_metric(const Baseline& baseline, const AppliedPolicy& policy);
[[nodiscard]] bool has_metric(const Baseline& baseline, const Metric& metric);

// Makes `metric` the one that is judged. Returns false if the baseline has no values of it.
[[nodiscard]] bool select_metric(Baseline& baseline, const Metric& metric);

// The statistic that all rounds' numbers are of.
[[nodiscard]] Statistic statistic_of(const Baseline& baseline);

}  // namespace warpgauge
