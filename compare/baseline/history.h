// What became of a stored baseline: its versions in git, and every round that any of them held.
//
// A baseline keeps twenty rounds, and a confirmed improvement drops a case's older ones; git keeps them all.
// The file is followed through renames (git log --follow) but not through copies, which are another machine's
// or matrix's beginning. A case is followed through the renames that the file records.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "compare/baseline/baseline.h"

namespace warpgauge {

// There is no history to tell: no git, no repository. The text says what to do. Exit code 4.
class HistoryError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct BaselineVersion {
  std::string commit;  // in full; empty: the file as it stands, not committed
  Baseline baseline;
};

struct BaselineVersions {
  std::vector<BaselineVersion> versions;  // oldest first, at least one, the last as the file stands
  std::vector<std::string> notes;         // what is not in them, and why
};

// Throws Diagnostic where the file as it stands is missing or not valid, HistoryError, OutputError where
// there is no room for what git says. A commit whose version is not valid is left out with a note.
BaselineVersions read_versions(const std::filesystem::path& file);

struct TrendEvent {
  BaselineEvent event;
  std::string commit;  // the first one read that holds it; empty: not committed
};

struct BaselineTrend {
  Metric metric;
  std::vector<BaselineRound> rounds;                                // by date, each once
  std::map<std::string, std::vector<std::optional<double>>> cases;  // name today -> [rounds.size()]
  std::vector<TrendEvent> events;                                   // oldest first
  std::vector<std::string> notes;
};

// Every round of every version. A number that several versions hold is the latest one's. Versions of another
// metric, statistic or identity than the last cannot be set beside it and are left out with a note.
BaselineTrend trend_of(const BaselineVersions& history);

// How much worse the latest number is than the oldest, as a ratio: above 1 is worse, whichever way the metric
// is better. Nothing where there are fewer than two.
std::optional<double> creep(const std::vector<std::optional<double>>& numbers, Better better);

}  // namespace warpgauge
