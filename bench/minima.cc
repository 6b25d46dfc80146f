#include "bench/minima.h"

#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "bench/json.h"
#include "bench/sample_statistics.h"

namespace warpgauge::bench {
namespace {

constexpr char kSchema[] = "warpgauge/smoke/1";

double median_tflops(const CaseResult& result) {
  std::vector<double> samples_ns;
  for (const Repetition& repetition : result.repetitions)
    samples_ns.insert(samples_ns.end(), repetition.samples_ns.begin(), repetition.samples_ns.end());
  return attention_flops(result.measured.problem) / summarize(samples_ns).p50 * 1e-3;
}

std::string below(const std::string& name, double tflops, double least) {
  char text[96];
  std::snprintf(text, sizeof text, " does %.4g TFLOP/s, less than the minimum of %.4g", tflops, least);
  return name + text;
}

std::string difference(const KeyValues& wanted, const KeyValues& here) {
  const auto value = [](const KeyValues& from, const std::string& key) {
    const auto found = from.find(key);
    return found == from.end() ? std::string("nothing") : found->second;
  };
  KeyValues all = wanted;
  all.insert(here.begin(), here.end());
  for (const auto& [key, unused] : all) {
    if (value(wanted, key) != value(here, key))
      return key + " is " + value(here, key) + ", and was " + value(wanted, key);
  }
  return {};
}

}  // namespace

Minima read_minima(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error(path + ": cannot be read; `warpgauge-compare bless --smoke` writes it");
  try {
    const Json json = Json::parse(file);
    if (json.at("schema") != kSchema) throw std::runtime_error(std::string("schema is not ") + kSchema);
    Minima minima{.file = path, .identity = json.at("identity").get<KeyValues>(), .tflops = {}};
    for (const Json& entry : json.at("cases")) {
      const double least = entry.at("min_tflops").get<double>();
      if (!(least > 0))
        throw std::runtime_error("min_tflops of " + entry.at("name").get<std::string>() + " is not > 0");
      minima.tflops[entry.at("name").get<std::string>()] = least;
    }
    if (minima.tflops.empty()) throw std::runtime_error("cases is empty: nothing would be checked");
    return minima;
  } catch (const std::exception& error) {
    throw std::runtime_error(path + ": " + error.what() +
                             "; `warpgauge-compare bless --smoke` writes it anew");
  }
}

std::vector<std::string> shortfalls(const Minima& minima, std::span<const CaseResult> results,
                                    const KeyValues& identity) {
  if (const std::string other = difference(minima.identity, identity); !other.empty())
    return {minima.file + " is of other hardware or backends: " + other};
  std::map<std::string, const CaseResult*> by_name;
  for (const CaseResult& result : results) by_name[result.measured.name] = &result;
  std::vector<std::string> reasons;
  for (const auto& [name, least] : minima.tflops) {
    const auto found = by_name.find(name);
    if (found == by_name.end() || !found->second->timed()) {
      reasons.push_back(name + " has a minimum, and was not timed");
    } else if (const double tflops = median_tflops(*found->second); !(tflops >= least)) {
      reasons.push_back(below(name, tflops, least));
    }
  }
  return reasons;
}

}  // namespace warpgauge::bench
