#include "compare/report/comparison_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/field_reader.h"
#include "base/text.h"
#include "compare/report/json.h"
#include "compare/report/note_words.h"
#include "compare/report/unit_words.h"
#include "compare/report/why_json.h"
#include "compare/statistics/statistic.h"

namespace warpgauge {
namespace {

constexpr std::size_t kMostBytes = std::size_t{64} << 20;  // some 50,000 cells

constexpr std::string_view kSchemaOne = "warpgauge/comparison/1";

Format format_of(bool version_one) {
  return {.schema = version_one ? kSchemaOne : kComparisonSchema,
          .unknown_keys = UnknownKeys::ignored,
          .hint = "write it again with --json"};
}

ReadValue at_least_0(double& into) {
  return read::number(into, {.low = 0});
}

ReadValue any_finite(double& into) {
  return read::number(into, {.low = -NumberRange().high});
}

ReadValue count(std::int64_t& into) {
  return read::whole(into, std::int64_t{0}, kMostExact);
}

// null stands for an empty text.
// An end that is not finite is written as null.
ReadValue interval(std::optional<std::array<double, 2>>& into) {
  return read::nullable(into, [](std::array<double, 2>& ends) -> ReadValue {
    return [&ends](FieldReader& in) {
      ends = {-HUGE_VAL, HUGE_VAL};
      std::size_t found = 0;
      in.elements([&] {
        if (found == ends.size()) in.fail("more than two ends of an interval");
        if (!in.take_null()) any_finite(ends[found])(in);
        ++found;
      });
      if (found < ends.size()) in.fail("expected the two ends of an interval");
    };
  });
}

// Words of `names(value)` for the values in `all`.
template <class Value, class Values, class Name>
ReadValue named(Value& into, const Values& all, Name name) {
  std::vector<std::pair<std::string_view, Value>> choices;
  for (const Value one : all) choices.emplace_back(name(one), one);
  return read::one_of<Value>(into, choices);
}

ReadValue cell_verdict(CellVerdict& into) {
  return named(into, kWorstFirst, cell_verdict_name);
}

std::vector<Field> margin_fields(Margins& margins) {
  return {{"fail_above", at_least_0(margins.fail_above)},
          {"improve_above", read::number(margins.improve_above, {.low = 0, .high = 1, .high_is_in = false})},
          {"same_within", at_least_0(margins.same_within)}};  // 0 for an exact metric
}

void read_metric(FieldReader& in, AppliedMetric& metric) {
  std::vector<Field> fields = margin_fields(metric.margins);
  fields.push_back({"metric", read::name(metric.name)});
  fields.push_back({"better", read::one_of<Better>(metric.better,
                                                   {{"lower", Better::lower}, {"higher", Better::higher}})});
  fields.push_back({"exact", read::boolean(metric.exact)});
  fields.push_back({"absolute", read::nullable(metric.absolute, at_least_0), Presence::optional});
  in.object(fields);
}

ReadValue margins(Margins& into) {
  return [&into](FieldReader& in) { in.object(margin_fields(into)); };
}

void read_policy(FieldReader& in, AppliedPolicy& policy) {
  std::vector<Field> fields = margin_fields(policy.margins);
  fields.push_back({"alpha", read::number(policy.alpha,
                                          {.low = 0, .high = 0.5, .low_is_in = false, .high_is_in = false})});
  fields.push_back({"metric", read::name(policy.metric)});
  fields.push_back({"metrics", read::list(policy.metrics, read_metric), Presence::optional});
  fields.push_back({"statistic", read::text_or_null(policy.statistic)});
  fields.push_back(
      {"unit", named(policy.unit, std::array{Unit::process, Unit::round, Unit::block}, unit_name)});
  in.object(fields);
  if (!policy.statistic.empty() && !parse_statistic(policy.statistic))
    in.fail_at("statistic", fmt::format("unknown statistic \"{}\"", printable(policy.statistic)));
}

ReadValue side(SideSummary& into) {
  return [&into](FieldReader& in) {
    in.object({{"value", read::nullable(into.value, any_finite)},
               {"median_ns", read::nullable(into.median_ns, at_least_0)},
               {"p95_ns", read::nullable(into.p95_ns, at_least_0)},
               {"cv", read::nullable(into.cv, at_least_0)},
               {"processes", read::nullable(into.processes, count)},
               {"samples", read::nullable(into.samples, count)}});
  };
}

void read_cell(FieldReader& in, Cell& cell) {
  in.object({{"name", read::text(cell.name)},
             {"metric", read::name(cell.metric), Presence::optional},
             {"difference", read::nullable(cell.difference, any_finite), Presence::optional},
             {"verdict", cell_verdict(cell.verdict)},
             {"why", why_field(cell.why)},
             {"ratio", read::nullable(cell.ratio, read::positive)},
             {"ci", interval(cell.ci)},
             {"p", read::nullable(cell.p, at_least_0)},
             {"p_adjusted", read::nullable(cell.p_adjusted, at_least_0)},
             {"cliffs_delta", read::nullable(cell.cliffs_delta, any_finite)},
             {"base", side(cell.base)},
             {"head", side(cell.head)},
             {"mde", read::nullable(cell.mde, at_least_0)},
             {"blocks", read::nullable(cell.units, count)},
             {"more_blocks", read::nullable(cell.more_units, count)},
             {"reproduce", read::text_or_null(cell.reproduce)},
             {"thresholds", read::nullable(cell.margins, margins), Presence::optional}});
}

void read_difference(FieldReader& in, ContextDifference& difference) {
  in.object({{"key", read::text(difference.key)},
             {"base", read::text(difference.base)},
             {"head", read::text(difference.head)},
             {"forbids", read::boolean(difference.forbids)}});
}

void read_context(FieldReader& in, Comparison& comparison) {
  in.object({{"base", read::texts(comparison.base_context)},
             {"head", read::texts(comparison.head_context)},
             {"baseline", read::texts(comparison.baseline_context), Presence::optional},
             {"differences", read::list(comparison.differences, read_difference)}});
}

void read_common_shift(FieldReader& in, CommonShift& shift) {
  in.object({{"verdict", read::nullable(shift.verdict, cell_verdict)},
             {"ratio", read::nullable(shift.ratio, read::positive)},
             {"ci", interval(shift.ci)},
             {"p", read::nullable(shift.p, at_least_0)},
             {"uniform", read::boolean(shift.is_uniform), Presence::optional},
             {"metric", read::name(shift.metric), Presence::optional}});
}

// A run of version 1 did not pass either if cases failed in base. Its notes say so.
ReadValue hindrance(Hindrance& into, bool version_one) {
  std::vector<std::pair<std::string_view, Hindrance>> choices;
  for (const Hindrance one : kHindrances) choices.emplace_back(hindrance_name(one), one);
  if (version_one) choices.emplace_back("base_failed", Hindrance::doubt);
  return read::one_of<Hindrance>(into, choices);
}

// Without the sentences of hindrances, which the writer puts before those of notes.
std::vector<Note> notes_of(std::vector<std::string> sentences, const std::vector<Hindrance>& hindrances) {
  std::size_t first = 0;
  for (const Hindrance hindrance : hindrances) {
    const std::string sentence = hindrance_sentence(hindrance);
    if (!sentence.empty() && first < sentences.size() && sentences[first] == sentence) ++first;
  }
  std::vector<Note> notes;
  for (; first < sentences.size(); ++first) notes.push_back(note::Sentence{std::move(sentences[first])});
  return notes;
}

// A case has one cell per metric.
void check_names(const FieldReader& in, const Comparison& comparison) {
  std::set<std::pair<std::string_view, std::string_view>> names;
  const std::vector<Cell>& cells = comparison.cells;
  const std::vector<AppliedMetric>& metrics = comparison.policy.metrics;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!names.emplace(cells[i].name, cells[i].metric).second)
      in.fail_at(fmt::format("cells[{}].name", i), "an earlier cell has the same name");
    const bool is_known =
        metrics.empty() ? cells[i].metric.empty()
                        : std::ranges::find(metrics, cells[i].metric, &AppliedMetric::name) != metrics.end();
    if (!is_known) in.fail_at(fmt::format("cells[{}].metric", i), "is not one of policy.metrics");
  }
}

}  // namespace

Comparison parse_comparison(std::string_view text, const std::string& file) {
  Comparison comparison;
  std::string verdict;
  int exit_code = 0;
  std::vector<std::string> sentences;
  const bool version_one = schema_of(text, file) == kSchemaOne;
  const auto read_hindrance = [&](FieldReader& at, Hindrance& into) { hindrance(into, version_one)(at); };
  FieldReader in(text, file, format_of(version_one));
  in.document({{"verdict", read::word(verdict, {"pass", "regression", "undecided"})},
               {"exit_code", read::whole(exit_code, 0, 4)},
               {"hindrances", read::list(comparison.hindrances, read_hindrance)},
               {"policy", [&](FieldReader& at) { read_policy(at, comparison.policy); }},
               {"context", [&](FieldReader& at) { read_context(at, comparison); }},
               {"common_shift", [&](FieldReader& at) { read_common_shift(at, comparison.common_shift); }},
               {"mde", read::nullable(comparison.mde, at_least_0)},
               {"assumed_deviation", read::nullable(comparison.assumed_deviation, at_least_0)},
               {"command", read::text_or_null(comparison.command)},
               {"notes", read::texts(sentences)},
               {"cells", read::list(comparison.cells, read_cell)}});
  check_names(in, comparison);
  comparison.notes = notes_of(std::move(sentences), comparison.hindrances);
  const RunVerdict derived = verdict_of(comparison);
  if (verdict != run_verdict_name(derived))
    in.fail_at("verdict",
               fmt::format("is {}, but cells and hindrances make it {}", verdict, run_verdict_name(derived)));
  if (exit_code != exit_code_of(derived))
    in.fail_at("exit_code",
               fmt::format("is {}, but the verdict makes it {}", exit_code, exit_code_of(derived)));
  return comparison;
}

Comparison read_comparison(const std::string& path) {
  return parse_comparison(read_file(path, kMostBytes), path);
}

}  // namespace warpgauge
