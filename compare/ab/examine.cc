#include "compare/ab/examine.h"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "base/diagnostic.h"
#include "base/json_text.h"
#include "base/number_format.h"

namespace warpgauge {
namespace {

// Finds cases that failed. A row that was not requested is a fault of the process.
void examine_rows(Examined& examined, const std::vector<std::string>& requested) {
  const std::set<std::string> expected(requested.begin(), requested.end());
  std::map<std::string, const Case*> rows;
  for (const Case& c : examined.process.cases) {
    rows.emplace(c.raw_name, &c);
    if (!expected.contains(c.raw_name)) {
      examined.fault = "the results hold a case that was not requested: " + printable(c.raw_name);
      return;
    }
  }
  for (const std::string& name : requested) {
    const auto row = rows.find(name);
    if (row == rows.end())
      examined.failed.push_back({name, "the results hold no row of the case"});
    else if (!row->second->failure.empty())
      examined.failed.push_back({name, row->second->failure});
  }
}

// Rows whose times do not fit into the wall time of the process. Times of manual clocks need not be those of
// this machine: a simulator's, for example. A row is the mean of its iterations, which ran one after the
// other.
std::string longer_than_wall(const std::string& file, double wall_s) {
  constexpr double kShare = 1.05, kSlackSeconds = 0.1;
  double reported_s = 0;
  ReadOptions times;
  times.counters = {"iterations"};
  for (const Case& c : read_process(file, times).cases) {
    if (!c.failure.empty() || c.aggregate_only || c.raw_name.find("/manual_time") != std::string::npos)
      continue;
    for (const Repetition& repetition : c.repetitions)
      if (std::isfinite(repetition.counters.front()))
        reported_s += repetition.value * repetition.counters.front() * 1e-9;
  }
  if (reported_s <= kShare * wall_s + kSlackSeconds) return {};
  return fmt::format(
      "its rows report {} of launches, but the process ran for {} only; the times are not real times",
      format_duration(reported_s * 1e9), format_duration(wall_s * 1e9));
}

}  // namespace

Examined examine(const ChildResult& child, const std::string& file, const std::string& shown,
                 const std::vector<std::string>& requested, const ReadOptions& options) {
  Examined examined;
  if (child.end != ChildResult::End::exited) {
    examined.fault = child.describe();
    return examined;
  }
  try {
    examined.process = read_process(file, options);
    show_as(examined.process, shown);
    examined.fault = longer_than_wall(file, child.wall_s);
    if (!examined.fault.empty()) return examined;
  } catch (const Diagnostic& error) {
    std::string text = error.what();
    if (const auto at = text.find(file); at != std::string::npos) text.replace(at, file.size(), shown);
    examined.fault = child.ok() ? "exit 0, but " + text : child.describe();
    return examined;
  }
  examine_rows(examined, requested);
  // A binary that computed a wrong result reports it in the row and in its exit code. Without such a row the
  // exit code has an unknown cause.
  if (!child.ok() && examined.failed.empty() && examined.fault.empty())
    examined.fault = child.describe() + ", but no case failed in its results";
  return examined;
}

std::string first_without_rows(const std::string& file, const std::vector<std::string>& requested) {
  std::ifstream stream(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  for (const std::string& name : requested) {
    if (text.find("\"run_name\": " + json_text(name)) == std::string::npos) return name;
  }
  return {};
}

}  // namespace warpgauge
