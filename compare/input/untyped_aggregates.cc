#include "compare/input/untyped_aggregates.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/diagnostic.h"
#include "compare/input/names.h"

namespace warpgauge {
namespace {

constexpr std::array<std::string_view, 4> kSuffixes = {"_mean", "_median", "_stddev", "_cv"};

// The suffix of an aggregate's name; empty if it has none.
std::string_view aggregate_suffix(std::string_view name) {
  const auto suffix = std::find_if(kSuffixes.begin(), kSuffixes.end(), [&](std::string_view one) {
    return name.size() > one.size() && name.ends_with(one);
  });
  return suffix == kSuffixes.end() ? "" : *suffix;
}

}  // namespace

bool UntypedAggregates::see(std::string_view name, const GoogleBenchmarkRow& row) {
  const std::string_view suffix = aggregate_suffix(name);
  if (suffix.empty()) return false;
  Seen& seen = runs_[name.substr(0, name.size() - suffix.size())];
  if (seen.place.empty()) seen.place = std::string(row.place(""));
  seen.mean = seen.mean || suffix == "_mean";
  seen.stddev = seen.stddev || suffix == "_stddev";
  return seen.mean && seen.stddev;
}

void UntypedAggregates::remove_from(Process& process,
                                    const std::function<bool(std::string_view)>& measured) const {
  for (const auto& entry : runs_) {
    const std::string_view run = entry.first;  // clang 14 cannot capture a structured binding
    const Seen& seen = entry.second;
    if (!seen.mean || !seen.stddev) continue;
    const auto is_aggregate = [&](const Case& one) {
      const std::string_view name = one.raw_name, suffix = aggregate_suffix(name);
      return !suffix.empty() && name.substr(0, name.size() - suffix.size()) == run;
    };
    const auto removed = std::erase_if(process.cases, is_aggregate);
    if (removed == 0) continue;  // the filter dropped them
    if (!measured(run)) {
      Case& skipped = process.cases.emplace_back();
      skipped.raw_name = run;
      skipped.name = strip_settings(run);
      skipped.skip_reason = seen.place +
                            ": only aggregates by their names, without run_type and without a row of their "
                            "case; Google Benchmark before 1.5 writes such rows: run it without "
                            "--benchmark_report_aggregates_only";
    }
    process.warnings.push_back(
        fmt::format("{}: {}: has no run_type; by its name it is one of {} aggregates, which are not used",
                    process.file, seen.place, removed));
  }
}

}  // namespace warpgauge
