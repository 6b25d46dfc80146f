// The flags that name a stored baseline, and what its numbers allow.
#pragma once

#include <string>

#include "base/flag_table.h"
#include "compare/baseline/baseline.h"
#include "compare/decide/gate.h"

namespace warpgauge {

struct BaselineChoice {
  std::string directory, fingerprint, matrix;
};
// What the flags choose: the baseline that results belong to, or every one in the directory.
enum class BaselineUse { optional, required, all };
void add_baseline_flags(FlagTable& table, BaselineChoice& choice, BaselineUse use);

struct BaselineKey {
  std::string fingerprint, matrix;
};
// By flag, else by what the results say. Throws UsageError if neither names them, Diagnostic if the results'
// matrix cannot be a file name.
[[nodiscard]] BaselineKey baseline_key(const BaselineChoice& choice, const ResultSet& results);

// Throws UsageError if the stored numbers are of another metric or statistic than the flags ask for.
void check_fits(const Baseline& baseline, const GateOptions& options, const std::string& path);

// Throws UsageError if `holder` holds a statistic that results with one median per case cannot give.
void check_has_statistic(const ResultSet& results, Statistic statistic, const std::string& holder);

}  // namespace warpgauge
