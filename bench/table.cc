#include "bench/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "base/escape.h"
#include "base/number_format.h"
#include "base/quantile.h"
#include "bench/roofline.h"
#include "kernels/case_key.h"

namespace warpgauge::bench {
namespace {

constexpr std::size_t kWidth = 100;

// The columns beside the name. Two blanks separate them, one if the names are long.
struct Row {
  std::string time, tflops, ceiling, checked;
};
constexpr int kTimeWidth = 8, kTflopsWidth = 7, kCeilingWidth = 7, kCheckedWidth = 7;
constexpr std::size_t kValuesWidth = kTimeWidth + kTflopsWidth + kCeilingWidth + kCheckedWidth;

// The values of a case with a longer name stand below it.
constexpr std::size_t kLongestName = kWidth - kValuesWidth - 4;

std::string row_text(const Row& row, int gap) {
  return fmt::format("{:{}}{:>{}}{:{}}{:>{}}{:{}}{:>{}}{:{}}{:>{}}", "", gap, row.time, kTimeWidth, "", gap,
                     row.tflops, kTflopsWidth, "", gap, row.ceiling, kCeilingWidth, "", gap, row.checked,
                     kCheckedWidth);
}

std::string checked_text(const CaseResult& result) {
  const double error = result.accuracy.err_over_bound;
  return std::isfinite(error) ? fmt::format("ok {:.2f}", error) : "ok";
}

Row timed_row(const CaseResult& result, const BackendRuntime& runtime) {
  const double median_ns = median(result.all_samples_ns());
  const Roofline roofline =
      place_on_roofline(result.measured.problem, median_ns * 1e-9, runtime.ceilings, runtime.cache);
  return {.time = format_duration(median_ns),
          .tflops = format_number(roofline.tflops),
          .ceiling = std::isfinite(roofline.percent) ? fmt::format("{:.0f} %", roofline.percent) : kUnknown,
          .checked = checked_text(result)};
}

// What stands beside the name, or below it. `width` limits messages.
std::string line_of(const CaseResult& result, const BackendRuntimes& runtimes, int gap, std::size_t width) {
  // The first line of a failure; stderr has all of it.
  if (result.failed())
    return "  " + shortened(result.failure.substr(0, result.failure.find('\n')), width - 2);
  if (result.skipped()) return "  " + shortened("skipped: " + result.measured.unsupported, width - 2);
  if (!result.timed()) return row_text({kUnknown, kUnknown, kUnknown, checked_text(result)}, gap);
  return row_text(timed_row(result, runtimes.at(result.measured.kernel->backend)), gap);
}

// "models:", and a line for each problem that is one of a model.
std::string models_of(std::span<const CaseResult> results) {
  std::string text;
  std::set<std::string> named;
  for (const CaseResult& result : results) {
    const Case& each = result.measured;
    if (const std::string problem = format_problem(each.problem);
        !each.source.empty() && named.insert(problem).second)
      text += fmt::format("  {}\n    {}\n", problem, each.source);
  }
  return text.empty() ? "" : "models:\n" + text;
}

}  // namespace

std::string table_of(std::span<const CaseResult> results, const BackendRuntimes& runtimes) {
  std::size_t names = std::string_view("case").size();
  for (const CaseResult& result : results)
    if (result.measured.name.size() <= kLongestName) names = std::max(names, result.measured.name.size());
  const int gap = names + kValuesWidth + 4 * 2 <= kWidth ? 2 : 1;
  const std::size_t values = std::max(kValuesWidth + 4 * static_cast<std::size_t>(gap), kWidth - names);
  std::string table =
      fmt::format("{:<{}}{}\n", "case", names, row_text({"time", "TFLOP/s", "ceiling", "checked"}, gap));
  for (const CaseResult& result : results) {
    const std::string& name = result.measured.name;
    const std::string line = line_of(result, runtimes, gap, values);
    if (name.size() <= names)
      table += fmt::format("{:<{}}{}\n", name, names, line);
    else
      table += fmt::format("{}\n{:{}}{}\n", name, "", names, line);
  }
  return table +
         "time: median of all samples. ceiling: achieved share of the measured roofline (- if unknown).\n"
         "checked: ok, and the largest error relative to its bound, which is at most 1.\n" +
         models_of(results);
}

}  // namespace warpgauge::bench
