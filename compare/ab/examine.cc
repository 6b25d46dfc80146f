#include "compare/ab/examine.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/diagnostic.h"
#include "base/json_text.h"
#include "base/number_format.h"
#include "compare/ab/position_results.h"

namespace warpgauge {
namespace {

// Finds cases that failed.
void examine_rows(Examined& examined, const std::vector<std::string>& requested) {
  std::map<std::string, const Case*> rows;
  for (const Case& c : examined.process.cases) rows.emplace(c.raw_name, &c);
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
std::string longer_than_wall(std::string_view text, const std::string& file, double wall_s) {
  constexpr double kShare = 1.05, kSlackSeconds = 0.1;
  double reported_s = 0;
  ReadOptions times;
  times.counters = {"iterations"};
  for (const Case& c : parse_process(text, file, times).cases) {
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

Examined examine(const ChildResult& child, const std::string& directory, const std::string& file,
                 const std::vector<std::string>& requested, const ReadOptions& options) {
  Examined examined;
  if (child.end != ChildResult::End::exited) {
    examined.fault = child.describe();
    return examined;
  }
  try {
    const std::string text = read_result(directory, file);
    examined.process = parse_process(text, file, options);
    examined.fault = longer_than_wall(text, file, child.wall_s);
    if (!examined.fault.empty()) return examined;
  } catch (const Diagnostic& error) {
    std::string what = error.what();
    if (const std::string folder = directory + "/"; what.starts_with(folder)) what.erase(0, folder.size());
    examined.fault = child.ok() ? "exit 0, but " + what : child.describe();
    return examined;
  }
  examine_rows(examined, requested);
  // A binary that computed a wrong result reports it in the row and in its exit code. Without such a row the
  // exit code has an unknown cause.
  if (!child.ok() && examined.failed.empty() && examined.fault.empty())
    examined.fault = child.describe() + ", but no case failed in its results";
  return examined;
}

std::string first_without_rows(std::string_view text, const std::vector<std::string>& requested) {
  constexpr std::string_view kKey = "\"run_name\": ";
  std::set<std::string_view> names;  // as JSON strings
  for (std::size_t at = text.find(kKey); at != std::string_view::npos; at = text.find(kKey, at)) {
    at += kKey.size();
    std::size_t end = at + 1;
    while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
    names.insert(text.substr(std::min(at, text.size()), end + 1 - at));
  }
  const auto found = std::ranges::find_if(
      requested, [&](const std::string& name) { return !names.contains(json_text(name)); });
  return found == requested.end() ? std::string() : *found;
}

}  // namespace warpgauge
