#include "compare/baseline/smoke.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "base/diagnostic.h"
#include "base/json_text.h"
#include "compare/statistics/statistic.h"

namespace warpgauge {
namespace {

[[noreturn]] void refuse(const std::string& what) {
  throw std::invalid_argument(what);
}

double throughput(const Case& measured, const Process& process) {
  const std::string place = fmt::format("{}: {}", process.file, printable(measured.name));
  if (!measured.failure.empty()) refuse(place + ": the case failed; minima need correct results");
  std::vector<double> tflops;
  for (const Repetition& repetition : measured.repetitions) tflops.push_back(repetition.value);
  if (tflops.empty()) refuse(place + ": has no tflops; --smoke takes results of warpgauge-bench");
  if (median(tflops) <= 0) refuse(place + ": has tflops of 0; measure it again");
  return median(tflops);
}

}  // namespace

SmokeMinima smoke_minima(const ResultSet& results, double margin) {
  const Process& last = results.processes.back();
  SmokeMinima minima{.margin = margin,
                     .date = last.context.info_of("date"),
                     .commit = last.context.info_of("commit"),
                     .identity = last.context.identity,
                     .tflops = {}};
  std::map<std::string, std::size_t> processes;
  for (const Process& process : results.processes) {
    if (process.context.identity != minima.identity)
      refuse(fmt::format("{} and {} are from different hardware; give files of one machine", process.file,
                         last.file));
    for (const Case& measured : process.cases) {
      if (!measured.skip_reason.empty()) continue;
      const double least = (1 - margin) * throughput(measured, process);
      const auto [entry, added] = minima.tflops.emplace(measured.name, least);
      if (!added) entry->second = std::min(entry->second, least);
      ++processes[measured.name];
    }
  }
  if (minima.tflops.empty()) refuse(last.file + ": holds no measured case; run more kernels");
  for (const auto& [name, count] : processes) {
    if (count != results.processes.size())
      refuse(printable(name) + " is not in every file; give files of the same command line");
  }
  return minima;
}

std::string format_smoke_minima(const SmokeMinima& minima) {
  const auto element = [](const auto& entry) {
    return OrderedJson{{"name", entry.first}, {"min_tflops", entry.second}};
  };
  return fmt::format(
      "{{\"schema\": \"warpgauge/smoke/1\",\n \"margin\": {},\n \"date\": {},\n \"commit\": {},\n "
      "\"identity\": {},\n \"cases\": {}}}\n",
      json_text(minima.margin), json_text(minima.date), json_text(minima.commit), json_text(minima.identity),
      json_lines(minima.tflops, element));
}

}  // namespace warpgauge
