#include "compare/ab/run_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <set>

#include "base/field_reader.h"
#include "base/json_text.h"
#include "base/number_format.h"
#include "base/text.h"
#include "compare/input/known_metrics.h"
#include "compare/input/metric.h"
#include "compare/input/name_filter.h"
#include "compare/input/threshold.h"
#include "compare/statistics/null_control.h"
#include "compare/statistics/statistic.h"
#include "compare/statistics/two_way_model.h"

namespace warpgauge {
namespace {

constexpr Format kRunFormat = {.schema = "warpgauge/run/1",
                               .unknown_keys = UnknownKeys::ignored,
                               .hint = "was the record edited? `compare ab --keep DIR` writes it"};

OrderedJson limits_json(const CaseLimits& limits) {
  OrderedJson json = {{"fail_above", limits.margins.fail_above},
                      {"improve_above", limits.margins.improve_above},
                      {"same_within", limits.margins.same_within}};
  if (limits.absolute) json["absolute"] = limits.absolute->value;
  return json;
}

OrderedJson case_json(const RunCase& c) {
  OrderedJson json = {{"name", c.name}, {"base_raw", c.base_raw}, {"head_raw", c.head_raw}};
  json.update(limits_json({c.rule.margins, c.absolute}));
  json["control"] = c.rule.control;
  if (c.others.empty()) return json;
  json["others"] = OrderedJson::array();
  for (const CaseLimits& limits : c.others) json["others"].push_back(limits_json(limits));
  return json;
}

OrderedJson other_json(const RunMetric& other) {
  OrderedJson json = {{"metric", other.metric.name}, {"better", better_name(other.metric.better)}};
  if (other.exact) json["exact"] = *other.exact;
  return json;
}

OrderedJson row_json(const RunRow& row) {
  OrderedJson json = {
      {"look", row.look}, {"block", row.block}, {"position", row.position}, {"side", side_name(row.side)},
      {"file", row.file}, {"exit", row.exit},   {"timeout", row.timeout}};
  if (row.part > 0) json["part"] = row.part;
  return json;
}

OrderedJson dropped_json(const DroppedCase& d) {
  return {
      {"name", d.name}, {"side", side_name(d.side)}, {"after_block", d.after_block}, {"reason", d.reason}};
}

OrderedJson look_json(const RecordedLook& look) {
  return {{"first_block", look.first_block}, {"last_block", look.last_block}, {"cases", look.cases}};
}

OrderedJson plan_json(const RunRecord& r) {
  return {{"first_blocks", r.plan.first_blocks},
          {"max_blocks", r.plan.max_blocks},
          {"alpha", r.plan.alpha},
          {"company", r.plan.panel},
          {"seed", r.plan.seed},
          {"process_seconds", r.process_s}};
}

OrderedJson policy_json(const RunPolicy& policy) {
  return {{"fail_above", policy.margins.fail_above},
          {"improve_above", policy.margins.improve_above},
          {"same_within", policy.margins.same_within},
          {"max_mde", policy.max_mde ? OrderedJson(*policy.max_mde) : OrderedJson(nullptr)},
          {"strict", policy.strict},
          {"allow_missing", policy.allow_missing},
          {"allow_hardware_mismatch", policy.allow_hardware_mismatch},
          {"allow_failed", policy.allow_failed}};
}

ReadValue side(Side& into) {
  return read::one_of<Side>(into, {{"base", Side::base}, {"head", Side::head}});
}

// As check_margins() takes them. Older records have no improve_above in their policy.
std::vector<Field> margin_fields(Margins& margins, Presence improve_above, bool same_may_be_0 = false) {
  return {{"fail_above", read::number(margins.fail_above, {.low = 0})},
          {"improve_above", read::number(margins.improve_above, {.low = 0, .high = 1, .high_is_in = false}),
           improve_above},
          {"same_within", read::number(margins.same_within, {.low = 0, .low_is_in = same_may_be_0})}};
}

void read_plan(FieldReader& in, RunRecord& r) {
  AbPlan& plan = r.plan;
  in.object({{"first_blocks", read::whole(plan.first_blocks, 2, kMostBlocks)},
             {"max_blocks", read::whole(plan.max_blocks, 2, kMostBlocks)},
             {"alpha",
              read::number(plan.alpha, {.low = kSmallestLevel, .high = kLargestLevel, .high_is_in = false})},
             {"company",
              read::whole(plan.panel, static_cast<int>(kSeparableCases), std::numeric_limits<int>::max())},
             {"seed", read::whole(plan.seed, std::uint64_t{0}, std::numeric_limits<std::uint64_t>::max())},
             {"process_seconds", read::positive(r.process_s)}});
  if (plan.max_blocks < plan.first_blocks)
    in.fail_at("max_blocks",
               fmt::format("is {}, less than first_blocks ({})", plan.max_blocks, plan.first_blocks));
}

void check_expression(const FieldReader& in, const std::string& expression) {
  try {
    (void)NameFilter(expression);
  } catch (const std::invalid_argument& error) {
    in.fail_at("allow_failed", error.what());
  }
}

void read_policy(FieldReader& in, RunPolicy& policy) {
  const auto at_least_0 = [](double& into) { return read::number(into, {.low = 0}); };
  std::vector<Field> fields = margin_fields(policy.margins, Presence::optional);
  fields.insert(fields.end(), {{"max_mde", read::nullable(policy.max_mde, at_least_0)},
                               {"strict", read::boolean(policy.strict)},
                               {"allow_missing", read::boolean(policy.allow_missing)},
                               {"allow_hardware_mismatch", read::boolean(policy.allow_hardware_mismatch)},
                               {"allow_failed", read::texts(policy.allow_failed), Presence::optional}});
  in.object(fields);
  for (const std::string& expression : policy.allow_failed) check_expression(in, expression);
}

// Which kind of limit it is follows from the metric, when all is read.
ReadValue absolute_limit(std::optional<AbsoluteLimit>& into) {
  return [&into](FieldReader& in) { read::number(into.emplace().value, {.low = 0})(in); };
}

// Of an exact metric, same_within may be 0.
void read_limits(FieldReader& in, CaseLimits& limits) {
  Margins& margins = limits.margins;
  in.object(
      {{"fail_above", read::number(margins.fail_above, {.low = 0})},
       {"improve_above", read::number(margins.improve_above, {.low = 0, .high = 1, .high_is_in = false})},
       {"same_within", read::number(margins.same_within, {.low = 0})},
       {"absolute", absolute_limit(limits.absolute), Presence::optional}});
}

ReadValue declared(std::optional<bool>& into) {
  return [&into](FieldReader& in) { read::boolean(into.emplace())(in); };
}

void read_other(FieldReader& in, RunMetric& other) {
  in.object({{"metric", read::name(other.metric.name)},
             {"better", read::one_of<Better>(other.metric.better,
                                             {{"lower", Better::lower}, {"higher", Better::higher}})},
             {"exact", declared(other.exact), Presence::optional}});
}

// A case has limits for each metric.
void check_limits(const FieldReader& in, RunRecord& r) {
  for (std::size_t i = 0; i < r.cases.size(); ++i) {
    RunCase& one = r.cases[i];
    if (one.others.size() != r.others.size())
      in.fail_at(fmt::format("cases[{}].others", i),
                 fmt::format("expected limits for {}, found {}",
                             format_count(std::ssize(r.others), "other metrics"), one.others.size()));
    if (one.absolute) one.absolute->is_time = is_time(r.metric);
    for (std::size_t m = 0; m < one.others.size(); ++m)
      if (one.others[m].absolute) one.others[m].absolute->is_time = is_time(r.others[m].metric);
    const bool tested = !r.exact.value_or(known_metric(r.metric.name).exact);
    if (tested && !(one.rule.margins.same_within > 0))
      in.fail_at(fmt::format("cases[{}].same_within", i), "is 0: no case could be unchanged");
  }
}

void read_case(FieldReader& in, RunCase& one) {
  std::vector<Field> fields = margin_fields(one.rule.margins, Presence::required, true);
  fields.push_back({"absolute", absolute_limit(one.absolute), Presence::optional});
  fields.push_back({"others", read::list(one.others, read_limits), Presence::optional});
  fields.insert(fields.end(), {{"name", read::name(one.name)},
                               {"base_raw", read::name(one.base_raw)},
                               {"head_raw", read::name(one.head_raw)},
                               {"control", read::boolean(one.rule.control)}});
  in.object(fields);
}

void read_look(FieldReader& in, RecordedLook& look) {
  in.object({{"first_block", read::whole(look.first_block, 0, kMostBlocks)},
             {"last_block", read::whole(look.last_block, 1, kMostBlocks)},
             {"cases", read::texts(look.cases)}});
  if (look.last_block <= look.first_block)
    in.fail_at("last_block",
               fmt::format("is {}, not above first_block ({})", look.last_block, look.first_block));
}

void read_dropped(FieldReader& in, DroppedCase& dropped) {
  in.object({{"name", read::name(dropped.name)},
             {"side", side(dropped.side)},
             {"after_block", read::whole(dropped.after_block, 0, kMostBlocks)},
             {"reason", read::text(dropped.reason)}});
}

// A record may come from somebody else: what it names must not lead to other files of the reader.
ReadValue file_inside(std::string& into) {
  return [&into](FieldReader& in) {
    read::name(into)(in);
    const std::filesystem::path path(into);
    if (path.is_absolute() || std::ranges::find(path, std::filesystem::path("..")) != path.end() ||
        into.find('\0') != std::string::npos)
      in.fail(fmt::format("expected a file in the record's folder, found \"{}\"", printable(into)));
  };
}

void read_row(FieldReader& in, RunRow& row) {
  in.object({{"look", read::whole(row.look, 0, kMostBlocks)},
             {"block", read::whole(row.block, 0, kMostBlocks)},
             {"position", read::whole(row.position, 0, kPositions)},
             {"side", side(row.side)},
             {"file", file_inside(row.file)},
             {"exit", read::text(row.exit)},
             {"timeout", read::boolean(row.timeout)},
             {"part", read::whole(row.part, 1, kMostParts), Presence::optional}});
}

void check_names(const FieldReader& in, const RunRecord& r) {
  std::set<std::string_view> names;
  const auto check = [&](const std::string& name, const std::string& place) {
    if (!names.contains(name))
      in.fail_at(place, fmt::format("\"{}\" is not the name of a case", printable(name)));
  };
  for (std::size_t i = 0; i < r.cases.size(); ++i)
    if (!names.insert(r.cases[i].name).second)
      in.fail_at(fmt::format("cases[{}].name", i), "an earlier case has the same name");
  for (std::size_t i = 0; i < r.looks.size(); ++i)
    for (std::size_t k = 0; k < r.looks[i].cases.size(); ++k)
      check(r.looks[i].cases[k], fmt::format("looks[{}].cases[{}]", i, k));
  for (std::size_t i = 0; i < r.dropped.size(); ++i)
    check(r.dropped[i].name, fmt::format("dropped[{}].name", i));
}

// Cases are dropped while a look is measured, after the blocks of the looks before it.
void check_drops(const FieldReader& in, const RunRecord& r) {
  for (std::size_t i = 0; i < r.dropped.size(); ++i) {
    const int after = r.dropped[i].after_block;
    if (after != 0 && std::ranges::find(r.looks, after, &RecordedLook::last_block) == r.looks.end())
      in.fail_at(fmt::format("dropped[{}].after_block", i), fmt::format("no look ends with block {}", after));
  }
}

std::vector<std::string_view> statistic_words() {
  std::vector<std::string_view> words{""};
  for (const Statistic one : kStatistics) words.push_back(statistic_name(one));
  return words;
}

}  // namespace

std::string format_run_record(const RunRecord& r) {
  const std::pair<const char*, std::string> members[] = {
      {"schema", json_text(kRunFormat.schema)},
      {"plan", json_text(plan_json(r))},
      {"metric", json_text(r.metric.name)},
      {"better", json_text(better_name(r.metric.better))},
      {"exact", r.exact ? json_text(*r.exact) : ""},
      {"others", r.others.empty() ? "" : json_lines(r.others, other_json)},
      {"policy", json_text(policy_json(r.policy))},
      {"base_executable", json_text(r.base_executable)},
      {"head_executable", json_text(r.head_executable)},
      {"command", json_text(r.command)},
      {"statistic", json_text(r.statistic)},
      {"ended_early", json_text(r.ended_early)},
      {"ended_by", r.ended_by ? json_text(side_name(*r.ended_by)) : "null"},
      {"base_only", json_text(r.base_only)},
      {"head_only", json_text(r.head_only)},
      {"base_is_empty", json_text(r.base_is_empty)},
      {"cases", json_lines(r.cases, case_json)},
      {"looks", json_lines(r.looks, look_json)},
      {"dropped", json_lines(r.dropped, dropped_json)},
      {"rows", json_lines(r.rows, row_json)},
  };
  std::string text = "{";
  const char* separator = "";
  for (const auto& [key, value] : members) {
    if (value.empty()) continue;
    text += fmt::format("{}\"{}\": {}", separator, key, value);
    separator = ",\n ";
  }
  return text + "}\n";
}

RunRecord parse_run_record(std::string_view text, const std::string& file) {
  RunRecord r;
  FieldReader in(text, file, kRunFormat);
  in.document({{"plan", [&](FieldReader& at) { read_plan(at, r); }},
               {"metric", read::name(r.metric.name)},
               {"better", read::one_of<Better>(r.metric.better,
                                               {{"lower", Better::lower}, {"higher", Better::higher}})},
               {"exact", declared(r.exact), Presence::optional},
               {"others", read::list(r.others, read_other), Presence::optional},
               {"policy", [&](FieldReader& at) { read_policy(at, r.policy); }},
               {"base_executable", read::text(r.base_executable)},
               {"head_executable", read::text(r.head_executable)},
               {"command", read::text(r.command)},
               {"statistic", read::word(r.statistic, statistic_words())},
               {"ended_early", read::text(r.ended_early)},
               {"ended_by", read::nullable(r.ended_by, side)},
               {"base_only", read::texts(r.base_only)},
               {"head_only", read::texts(r.head_only)},
               {"base_is_empty", read::boolean(r.base_is_empty), Presence::optional},
               {"cases", read::list(r.cases, read_case)},
               {"looks", read::list(r.looks, read_look)},
               {"dropped", read::list(r.dropped, read_dropped)},
               {"rows", read::list(r.rows, read_row)}});
  check_names(in, r);
  check_drops(in, r);
  check_limits(in, r);
  if (r.ended_by && r.ended_early.empty()) in.fail_at("ended_by", "is set, but ended_early is empty");
  return r;
}

std::vector<RunMetric> metrics_of(const RunRecord& record) {
  std::vector<RunMetric> metrics{{record.metric, record.exact}};
  metrics.insert(metrics.end(), record.others.begin(), record.others.end());
  return metrics;
}

CaseLimits limits_of(const RunCase& one, std::size_t metric) {
  return metric == 0 ? CaseLimits{one.rule.margins, one.absolute} : one.others[metric - 1];
}

RunRecord read_run_record(const std::string& path) {
  return parse_run_record(read_file(path), path);
}

std::string result_file_name(int look, int block, int position, Side side, int part) {
  return fmt::format("look{}/block{:02}/{}-{}{}.json", look, block, position, side_name(side),
                     part == 0 ? "" : fmt::format(".part{}", part));
}

}  // namespace warpgauge
