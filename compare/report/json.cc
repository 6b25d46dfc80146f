#include "compare/report/json.h"

#include "base/json_text.h"
#include "compare/input/metric.h"

#include "compare/report/note_words.h"
#include "compare/report/unit_words.h"
#include "compare/report/why_json.h"
#include "compare/report/why_words.h"

namespace warpgauge {
namespace {

using Json = OrderedJson;

// What is not finite is written as null by the library.
Json number(std::optional<double> value) {
  return value ? Json(*value) : Json(nullptr);
}
Json integer(std::optional<std::int64_t> value) {
  return value ? Json(*value) : Json(nullptr);
}
Json text(const std::string& value) {
  return value.empty() ? Json(nullptr) : Json(value);
}
Json interval(const std::optional<std::array<double, 2>>& ci) {
  return ci ? Json::array({number((*ci)[0]), number((*ci)[1])}) : Json(nullptr);
}

Json side(const SideSummary& summary) {
  return {{"value", number(summary.value)},          {"median_ns", number(summary.median_ns)},
          {"p95_ns", number(summary.p95_ns)},        {"cv", number(summary.cv)},
          {"processes", integer(summary.processes)}, {"samples", integer(summary.samples)}};
}

Json margins_json(const Margins& margins) {
  return {{"fail_above", number(margins.fail_above)},
          {"improve_above", number(margins.improve_above)},
          {"same_within", number(margins.same_within)}};
}

Json cell_json(const Cell& cell, const AppliedPolicy& policy) {
  std::optional<double> speedup, improvement_pct;
  if (cell.ratio) {
    speedup = 1 / *cell.ratio;
    improvement_pct = 100 * (1 - *cell.ratio);
  }
  Json json{{"name", cell.name},
            {"verdict", cell_verdict_name(cell.verdict)},
            {"ratio", number(cell.ratio)},
            {"ci", interval(cell.ci)},
            {"p", number(cell.p)},
            {"p_adjusted", number(cell.p_adjusted)},
            {"cliffs_delta", number(cell.cliffs_delta)},
            {"speedup", number(speedup)},
            {"improvement_pct", number(improvement_pct)},
            {"is_regression", cell.verdict == CellVerdict::regression},
            {"base", side(cell.base)},
            {"head", side(cell.head)},
            {"mde", number(cell.mde)},
            {"blocks", integer(cell.units)},
            {"more_blocks", integer(cell.more_units)},
            {"why", why_json(cell.why)},
            {"reason", text(why_sentence(cell, policy))},
            {"reproduce", text(cell.reproduce)}};
  if (!cell.metric.empty()) json["metric"] = cell.metric;
  if (cell.difference) json["difference"] = number(cell.difference);
  if (cell.margins) json["thresholds"] = margins_json(*cell.margins);
  return json;
}

Json metric_json(const AppliedMetric& one) {
  Json json{{"metric", one.name}, {"better", better_name(one.better)}, {"exact", one.exact}};
  json.update(margins_json(one.margins));
  if (one.absolute) json["absolute"] = number(one.absolute);
  return json;
}

Json policy_json(const AppliedPolicy& policy) {
  Json json = margins_json(policy.margins);
  json.update({{"alpha", number(policy.alpha)},
               {"metric", policy.metric},
               {"statistic", text(policy.statistic)},
               {"unit", unit_name(policy.unit)},
               {"method", method_words(policy.unit)}});
  if (policy.metrics.empty()) return json;
  json["metrics"] = Json::array();
  for (const AppliedMetric& one : policy.metrics) json["metrics"].push_back(metric_json(one));
  return json;
}

Json counts_json(const Comparison& comparison) {
  Json counts = Json::object();
  const auto values = comparison.counts();
  for (std::size_t i = 0; i < kCellVerdicts; ++i)
    counts[cell_verdict_name(static_cast<CellVerdict>(i))] = values[i];
  return counts;
}

Json context_json(const Comparison& comparison) {
  Json differences = Json::array();
  for (const ContextDifference& d : comparison.differences) {
    differences.push_back({{"key", d.key}, {"base", d.base}, {"head", d.head}, {"forbids", d.forbids}});
  }
  Json json{
      {"base", comparison.base_context}, {"head", comparison.head_context}, {"differences", differences}};
  if (!comparison.baseline_context.empty()) json["baseline"] = comparison.baseline_context;
  return json;
}

Json common_shift_json(const CommonShift& shift) {
  Json json{{"verdict", shift.verdict ? Json(cell_verdict_name(*shift.verdict)) : Json(nullptr)},
            {"ratio", number(shift.ratio)},
            {"ci", interval(shift.ci)},
            {"p", number(shift.p)}};
  if (shift.is_uniform) json["uniform"] = true;
  if (!shift.metric.empty()) json["metric"] = shift.metric;
  return json;
}

Json hindrances_json(const Comparison& comparison) {
  Json names = Json::array();
  for (const Hindrance hindrance : comparison.hindrances) names.push_back(hindrance_name(hindrance));
  return names;
}

}  // namespace

std::string json_report(const Comparison& comparison) {
  const RunVerdict verdict = verdict_of(comparison);
  const std::pair<const char*, Json> head[] = {
      {"schema", kComparisonSchema},
      {"verdict", run_verdict_name(verdict)},
      {"exit_code", exit_code_of(verdict)},
      {"hindrances", hindrances_json(comparison)},
      {"policy", policy_json(comparison.policy)},
      {"counts", counts_json(comparison)},
      {"context", context_json(comparison)},
      {"common_shift", common_shift_json(comparison.common_shift)},
      {"mde", number(comparison.mde)},
      {"assumed_deviation", number(comparison.assumed_deviation)},
      {"command", text(comparison.command)},
      {"notes", note_sentences(comparison)},
  };
  std::string out = "{";
  if (const std::string first = first_sentence(comparison); !first.empty())
    out += "\"headline\": " + json_text(Json(first)) + ",\n ";
  for (const auto& [key, value] : head) out += std::string("\"") + key + "\": " + json_text(value) + ",\n ";
  out += "\"cells\": [";
  const char* separator = "\n  ";
  for (const Cell& cell : comparison.cells) {
    out += separator + json_text(cell_json(cell, comparison.policy));
    separator = ",\n  ";
  }
  return out + "]}\n";
}

}  // namespace warpgauge
