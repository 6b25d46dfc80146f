// The history of a stored baseline: its versions in git, and every round that any version holds.
//
// A baseline keeps twenty rounds, and a confirmed improvement drops a case's older ones; git keeps all. The
// file is followed through renames (git log --follow), but not through copies: a copy is the beginning of
// another machine's or matrix's baseline. A case is followed through the renames that the file records.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "compare/baseline/baseline.h"

namespace warpgauge {

// There is no history: git is missing, or the file is in no repository. The text says what to do. Exit 4.
class HistoryError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What the history does not contain, and why.
namespace history_note {
struct ShallowClone {};
struct NotCommitted {};    // the file as it is
struct InvalidVersion {    // is skipped
  std::string diagnostic;  // "COMMIT:PATH: what; hint"
};
struct OtherVersions {  // with another metric, statistic or machine than the file has now; are skipped
  std::size_t versions = 0;
};
struct GoneCases {  // in older versions only
  std::size_t cases = 0;
};
}  // namespace history_note
using HistoryNote =
    std::variant<history_note::ShallowClone, history_note::NotCommitted, history_note::InvalidVersion,
                 history_note::OtherVersions, history_note::GoneCases>;

struct BaselineVersion {
  std::string commit;  // in full; empty: the file as it is, not committed
  Baseline baseline;
};

struct BaselineVersions {
  std::vector<BaselineVersion> versions;  // oldest first, at least one; the last is the file as it is
  std::vector<HistoryNote> notes;
};

// Throws Diagnostic if the file as it is does not exist or is not valid, HistoryError, and OutputError if
// git's output cannot be stored.
[[nodiscard]] BaselineVersions read_versions(const std::filesystem::path& file);

struct TrendEvent {
  BaselineEvent event;
  std::string commit;  // the first one that holds it; empty: not committed
};

struct BaselineTrend {
  Metric metric;
  std::vector<BaselineRound> rounds;                                // by date, each once
  std::map<std::string, std::vector<std::optional<double>>> cases;  // name today -> [rounds.size()]
  std::vector<TrendEvent> events;                                   // oldest first
  std::vector<HistoryNote> notes;
};

// Every round of every version that is comparable with the last. If versions differ in a number, the latest
// one counts.
[[nodiscard]] BaselineTrend trend_of(const BaselineVersions& history);

// Latest number / oldest number, inverted if higher is better: above 1 is worse. Nothing if there are fewer
// than two numbers.
[[nodiscard]] std::optional<double> drift_ratio(const std::vector<std::optional<double>>& numbers,
                                                Better better);

}  // namespace warpgauge
