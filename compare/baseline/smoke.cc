#include "compare/baseline/smoke.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

#include "base/diagnostic.h"
#include "compare/statistics/statistic.h"

namespace warpgauge {
namespace {

using Json = nlohmann::ordered_json;

std::string dumped(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

double throughput(const Case& measured, const Process& process) {
  const std::string place = process.file + ": " + printable(measured.name);
  if (!measured.failure.empty())
    throw std::invalid_argument(place + " failed: a minimum is taken from right results only");
  std::vector<double> tflops;
  for (const Repetition& repetition : measured.repetitions) tflops.push_back(repetition.value);
  if (tflops.empty())
    throw std::invalid_argument(place + " has no tflops; --smoke is for results of warpgauge-bench");
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
      throw std::invalid_argument(process.file + " and " + last.file +
                                  " were measured on different hardware");
    for (const Case& measured : process.cases) {
      if (!measured.skip_reason.empty()) continue;
      const double least = (1 - margin) * throughput(measured, process);
      const auto [entry, added] = minima.tflops.emplace(measured.name, least);
      if (!added) entry->second = std::min(entry->second, least);
      ++processes[measured.name];
    }
  }
  if (minima.tflops.empty()) throw std::invalid_argument(last.file + " holds no measured case");
  for (const auto& [name, count] : processes) {
    if (count != results.processes.size())
      throw std::invalid_argument(printable(name) +
                                  " is not in each of the files; give those of one command line");
  }
  return minima;
}

std::string format_smoke_minima(const SmokeMinima& minima) {
  std::string out = "{\"schema\": \"warpgauge/smoke/1\",\n \"margin\": " + dumped(minima.margin) +
                    ",\n \"date\": " + dumped(minima.date) + ",\n \"commit\": " + dumped(minima.commit) +
                    ",\n \"identity\": " + dumped(minima.identity) + ",\n \"cases\": [";
  const char* separator = "\n  ";
  for (const auto& [name, tflops] : minima.tflops) {
    out += separator + dumped({{"name", name}, {"min_tflops", tflops}});
    separator = ",\n  ";
  }
  return out + "]}\n";
}

}  // namespace warpgauge
