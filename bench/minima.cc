#include "bench/minima.h"

#include <fmt/format.h>

#include "base/field_reader.h"
#include "base/number_format.h"
#include "base/quantile.h"
#include "base/text.h"

namespace warpgauge::bench {
namespace {

constexpr Format kFormat = {.schema = "warpgauge/smoke/1",
                            .unknown_keys = UnknownKeys::ignored,
                            .hint = "`warpgauge-compare bless --smoke` writes this file"};

void read_cases(FieldReader& in, std::map<std::string, double>& tflops) {
  in.elements([&] {
    std::string name;
    double least = 0;
    in.object({{"name", read::name(name)}, {"min_tflops", read::positive(least)}});
    tflops[name] = least;
  });
  if (tflops.empty()) in.fail("is empty: nothing would be checked");
}

// The first difference between the two, in words; empty if there is none.
std::string difference(const KeyValues& required, const KeyValues& here) {
  const auto value = [](const KeyValues& from, const std::string& key) {
    const auto found = from.find(key);
    return found == from.end() ? std::string("unset") : found->second;
  };
  KeyValues all = required;
  all.insert(here.begin(), here.end());
  for (const auto& [key, unused] : all)
    if (value(required, key) != value(here, key))
      return fmt::format("{} is {} here and {} in the file", key, value(here, key), value(required, key));
  return {};
}

}  // namespace

Minima read_minima(const std::string& path) {
  const std::string bytes = read_file(path);
  Minima minima{.file = path, .identity = {}, .tflops = {}};
  FieldReader in(bytes, path, kFormat);
  in.document({{"identity", read::texts(minima.identity)},
               {"cases", [&](FieldReader& at) { read_cases(at, minima.tflops); }}});
  return minima;
}

std::vector<std::string> shortfalls(const Minima& minima, std::span<const CaseResult> results,
                                    const KeyValues& identity) {
  if (const std::string other = difference(minima.identity, identity); !other.empty())
    return {fmt::format("{} is for other hardware or backends: {}", minima.file, other)};
  std::map<std::string, const CaseResult*> by_name;
  for (const CaseResult& result : results) by_name[result.measured.name] = &result;
  std::vector<std::string> reasons;
  for (const auto& [name, least] : minima.tflops) {
    const auto found = by_name.find(name);
    if (found == by_name.end() || !found->second->timed()) {
      reasons.push_back(fmt::format("{}: has a minimum in {}, but was not timed", name, minima.file));
      continue;
    }
    const CaseResult& result = *found->second;
    const double tflops = attention_flops(result.measured.problem) / median(result.all_samples_ns()) * 1e-3;
    if (!(tflops >= least))
      reasons.push_back(fmt::format("{}: {} TFLOP/s, below the minimum of {} TFLOP/s in {}", name,
                                    format_number(tflops), format_number(least), minima.file));
  }
  return reasons;
}

}  // namespace warpgauge::bench
