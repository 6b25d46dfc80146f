// The stored baseline of one machine and matrix: DIR/FINGERPRINT/MATRIX.json (of the matrix smoke:
// smoke-rounds.json), schema warpgauge/baseline/1.
//
//   {"schema": "warpgauge/baseline/1",
//    "metric": {"name": "real_time", "better": "lower"},
//    "identity": {...},                           what it was measured on, as in context.warpgauge
//    "rounds": [                                  oldest first, at most kMaxRounds, one a line
//     {"round": "...", "boot": "...", "date": "...", "commit": "...", "reason": "...",
//      "statistic": "q25", "processes": 3, "state": {...}}],
//    "cases": [                                   sorted by name, one a line
//     {"name": "...", "numbers": [1.5, null]}],   one for each round, not all null: that round does not count
//    "history": [                                 let in by hand or tightened, oldest first, one a line
//     {"action": "accept", "cases": ["..."], "reason": "...", "date": "...", "commit": "..."}]}
//
// Numbers are in the metric's unit (nanoseconds for times): the geometric mean, over the processes of the
// round, of the statistic of a process's samples. The text is canonical: equal baselines are equal bytes.
#pragma once

#include <cstdint>
#include <filesystem>
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
  std::string round, boot, date, commit;  // empty where not known
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

std::string format_baseline(const Baseline& baseline);

// Throws Diagnostic; `file` is for its text.
Baseline parse_baseline(std::string_view text, const std::string& file);

// As a side of a comparison; `file` names it in what is reported. State and commit are the last round's.
StoredSide side_of(const Baseline& baseline, const std::string& file);

// Of a case that is in it, as the statistics take them: the log of each round's number (of its reciprocal
// where higher is better), NaN where the round does not count.
std::vector<double> stored_numbers(const Baseline& baseline, const std::string& name);

// The statistic that the rounds' numbers are of, one for all rounds.
Statistic statistic_of(const Baseline& baseline);

// A file and what stood in it.
struct StoredBaseline {
  std::filesystem::path path;
  bool blessed = true;              // false: found in .warpgauge, see find_baseline
  std::optional<std::string> text;  // as read; nothing where there is no file
  std::optional<Baseline> baseline;
};

// MATRIX.json; of the matrix smoke smoke-rounds.json: in smoke.json are the smoke test's minima (smoke.h).
std::string baseline_file_name(const std::string& matrix);

// Reads DIR/FINGERPRINT/MATRIX.json, to be written again: OutputError where it is not a file of its own.
StoredBaseline read_baseline(const std::filesystem::path& directory, const std::string& fingerprint,
                             const std::string& matrix);

// The same, only to be read: links are followed, and what cannot be read is a Diagnostic. Where there is
// none, the unblessed one beside the directory, .warpgauge/FINGERPRINT/MATRIX.json.
StoredBaseline find_baseline(const std::filesystem::path& directory, const std::string& fingerprint,
                             const std::string& matrix);

}  // namespace warpgauge
