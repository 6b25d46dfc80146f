#include "bench/minima.h"

#include <fmt/format.h>

#include "base/fields.h"
#include "base/json.h"
#include "base/number_format.h"
#include "base/quantile.h"
#include "base/text.h"

namespace warpgauge::bench {
namespace {

constexpr char kSchema[] = "warpgauge/smoke/1";
constexpr char kHint[] = "`warpgauge-compare bless --smoke` writes this file";

void read_identity(JsonReader& json, const std::string& file, KeyValues& identity) {
  json.begin_object();
  while (const auto key = json.next_key()) {
    const std::string name(*key);
    identity[name] = string_field(json.value(), file, "identity." + name);
  }
}

void read_cases(JsonReader& json, const std::string& file, std::map<std::string, double>& tflops) {
  json.begin_array();
  for (int index = 0; json.next_item(); ++index) {
    const std::string place = fmt::format("cases[{}]", index);
    std::string name;
    double least = 0;
    json.begin_object();
    while (const auto key = json.next_key()) {
      const JsonValue value = json.value();
      if (*key == "name") name = string_field(value, file, place + ".name");
      if (*key == "min_tflops") least = positive_field(value, file, place + ".min_tflops");
    }
    if (name.empty()) throw meaning_diagnostic(file, place, "has no name", kHint);
    if (least == 0) throw meaning_diagnostic(file, place + " " + name, "has no min_tflops", kHint);
    tflops[name] = least;
  }
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
  JsonReader json(checked_text(bytes, path), path);
  Minima minima{.file = path, .identity = {}, .tflops = {}};
  bool has_schema = false;
  json.begin_object();
  while (const auto key = json.next_key()) {
    if (*key == "schema")
      has_schema = string_field(json.value(), path, "schema") == kSchema;
    else if (*key == "identity")
      read_identity(json, path, minima.identity);
    else if (*key == "cases")
      read_cases(json, path, minima.tflops);
    else
      json.value();
  }
  json.finish();
  if (!has_schema)
    throw meaning_diagnostic(path, "schema", fmt::format("is missing, or is not {}", kSchema), kHint);
  if (minima.tflops.empty())
    throw meaning_diagnostic(path, "cases", "is missing or empty: nothing would be checked", kHint);
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
