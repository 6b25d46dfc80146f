// The flags that several subcommands share, and what they mean. Each subcommand is one file in commands/: it
// declares its flags on a CLI::App and hands back what to run.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "compare/baseline/baseline.h"
#include "compare/decide/gate.h"
#include "compare/input/reader.h"

namespace warpgauge {

// A command line that makes no sense: one sentence and a hint. Exit code 2.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// How things are decided, as typed.
struct DecisionFlags {
  std::string metric = "real_time", better, statistic, policy;
  std::string fail_above, same_within, alpha, process_cv;
  bool strict = false, allow_missing = false, allow_hardware_mismatch = false;
};
void add_decision_flags(CLI::App& app, DecisionFlags& flags);
std::string decision_words(const DecisionFlags& flags);  // as to be typed again, a blank in front

// A flag's regular expression; nothing where it is empty. Throws UsageError.
std::optional<NameFilter> name_filter(const char* flag, const std::string& expression);

// A flag's share, "3%" or "0.03"; nothing is changed where it is empty. Throws UsageError.
void take_threshold(const char* flag, const std::string& text, double& into);

// Throw UsageError, or Diagnostic for the policy file.
Metric metric_of(const DecisionFlags& flags);
GateOptions gate_options(const DecisionFlags& flags);

inline constexpr int kExecutableParts = 2;  // base/bench
// Of a stored baseline: folder, fingerprint, matrix.
inline constexpr int kBaselineParts = 3;

// Which stored baseline: a folder, and what a result file does not tell of itself.
struct BaselineFlags {
  std::string directory, fingerprint, matrix;
};
void add_baseline_flags(CLI::App& app, BaselineFlags& flags);
void check_names(const BaselineFlags& flags);  // throws UsageError where a name cannot be one of a file

struct BaselineKey {
  std::string fingerprint, matrix;
};
// By flag, else by what the results say. Throws UsageError where neither tells, Diagnostic on nonsense there.
BaselineKey baseline_key(const BaselineFlags& flags, const ResultSet& results);

// Throws UsageError where the stored numbers are of another metric or statistic than asked for.
void check_fits(const Baseline& baseline, const GateOptions& options, const std::string& path);

// Throws UsageError where results bring only the median of what `holder` is to hold another statistic of.
void check_has_statistic(const ResultSet& results, Statistic statistic, const std::string& holder);

// Where reports go; "-" is stdout, in place of the table.
struct ReportFlags {
  std::string json, markdown, junit;
  bool github = false;
};
void add_report_flags(CLI::App& app, ReportFlags& flags);
bool report_on_stdout(const ReportFlags& flags);
void check_reports(const ReportFlags& flags);  // throws UsageError where stdout would hold two of them

// Writes every report that was asked for and the text table to stdout, one failure not stopping the next.
// Throws OutputError when any failed.
void write_reports(const Comparison& comparison, const ReportFlags& flags);

// Writes to stdout. Throws OutputError.
void print(std::string_view text);

// A path as reports show it: a machine's directories say nothing elsewhere, so an absolute one is cut to its
// last parts.
std::string shown_path(const std::filesystem::path& path, int parts = 1);

// Reads a side; its files then carry the names that reports show.
ResultSet read_side(const std::vector<std::string>& files, const ReadOptions& options);

using Run = std::function<int()>;  // gives the exit code
void add_ab(CLI::App& app, Run& run);
void add_gate(CLI::App& app, Run& run);
void add_bless(CLI::App& app, Run& run);
void add_fingerprint(CLI::App& app, Run& run);
void add_trend(CLI::App& app, Run& run);

}  // namespace warpgauge
