#include "compare/ab/run_record.h"

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/diagnostic.h"

namespace warpgauge {
namespace {

using Json = nlohmann::ordered_json;
constexpr const char* kSchema = "warpgauge/run/1";

Json to_json(const RunCase& c) {
  return {{"name", c.name},
          {"base_raw", c.base_raw},
          {"head_raw", c.head_raw},
          {"fail_above", c.rule.margins.fail_above},
          {"improve_above", c.rule.margins.improve_above},
          {"same_within", c.rule.margins.same_within},
          {"control", c.rule.control}};
}

RunCase case_of(const Json& j) {
  return {.name = j.at("name"),
          .base_raw = j.at("base_raw"),
          .head_raw = j.at("head_raw"),
          .rule = {.margins = {.fail_above = j.at("fail_above"),
                               .improve_above = j.at("improve_above"),
                               .same_within = j.at("same_within")},
                   .control = j.at("control")}};
}

Json to_json(const RunRow& row) {
  return {{"look", row.look}, {"block", row.block}, {"position", row.position}, {"side", side_name(row.side)},
          {"file", row.file}, {"exit", row.exit},   {"timeout", row.timeout}};
}

Side side_of(const Json& j) {
  if (j == side_name(Side::base)) return Side::base;
  if (j == side_name(Side::head)) return Side::head;
  throw std::invalid_argument("a side is 'base' or 'head', not " + j.dump());
}

RunRow row_of(const Json& j) {
  return {j.at("look"), j.at("block"), j.at("position"), side_of(j.at("side")),
          j.at("file"), j.at("exit"),  j.at("timeout")};
}

Json to_json(const DroppedCase& d) {
  return {
      {"name", d.name}, {"side", side_name(d.side)}, {"after_block", d.after_block}, {"reason", d.reason}};
}

DroppedCase dropped_of(const Json& j) {
  return {j.at("name"), side_of(j.at("side")), j.at("after_block"), j.at("reason")};
}

Json to_json(const RecordedLook& look) {
  return {{"first_block", look.first_block}, {"last_block", look.last_block}, {"cases", look.cases}};
}

RecordedLook look_of(const Json& j) {
  return {j.at("first_block"), j.at("last_block"), j.at("cases")};
}

// Names come from binaries: bytes that are not UTF-8 become U+FFFD.
std::string dumped(const Json& j) {
  return j.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// One element a line, so that a record can be read and diffed.
template <class Items>
std::string lines(const Items& items) {
  std::string text = "[";
  const char* separator = "\n  ";
  for (const auto& item : items) {
    text += separator + dumped(to_json(item));
    separator = ",\n  ";
  }
  return text + "]";
}

template <class Item>
std::vector<Item> items_of(const Json& array, Item (*parse)(const Json&)) {
  std::vector<Item> items;
  for (const Json& element : array) items.push_back(parse(element));
  return items;
}

Json optional(std::optional<double> value) {
  return value ? Json(*value) : Json(nullptr);
}

Json to_json(const RunPolicy& policy) {
  return {{"fail_above", policy.margins.fail_above},
          {"improve_above", policy.margins.improve_above},
          {"same_within", policy.margins.same_within},
          {"max_mde", optional(policy.max_mde)},
          {"strict", policy.strict},
          {"allow_missing", policy.allow_missing},
          {"allow_hardware_mismatch", policy.allow_hardware_mismatch}};
}

RunPolicy policy_of(const Json& j) {
  RunPolicy policy{.margins = {.fail_above = j.at("fail_above"),
                               // Older records do not have it.
                               .improve_above = j.value("improve_above", Margins().improve_above),
                               .same_within = j.at("same_within")},
                   .max_mde = {},
                   .strict = j.at("strict"),
                   .allow_missing = j.at("allow_missing"),
                   .allow_hardware_mismatch = j.at("allow_hardware_mismatch")};
  if (!j.at("max_mde").is_null()) policy.max_mde = j.at("max_mde").get<double>();
  return policy;
}

RunRecord record_of(const Json& j) {
  if (j.at("schema") != kSchema) throw std::invalid_argument("schema is " + j.at("schema").dump());
  const Json& plan = j.at("plan");
  RunRecord r;
  r.plan = {plan.at("first_blocks"), plan.at("max_blocks"), plan.at("alpha"), plan.at("company"),
            plan.at("seed")};
  if (r.plan.max_blocks > kMostBlocks) throw std::invalid_argument("more blocks than a run may have");
  r.process_s = plan.at("process_seconds");
  r.metric = {j.at("metric"), j.at("better") == "higher" ? Better::higher : Better::lower};
  r.command = j.at("command");
  r.statistic = j.at("statistic");
  r.ended_early = j.at("ended_early");
  if (!j.at("ended_by").is_null()) r.ended_by = side_of(j.at("ended_by"));
  r.policy = policy_of(j.at("policy"));
  r.base_executable = j.at("base_executable");
  r.head_executable = j.at("head_executable");
  r.base_only = j.at("base_only");
  r.head_only = j.at("head_only");
  r.cases = items_of<RunCase>(j.at("cases"), case_of);
  r.looks = items_of<RecordedLook>(j.at("looks"), look_of);
  r.dropped = items_of<DroppedCase>(j.at("dropped"), dropped_of);
  r.rows = items_of<RunRow>(j.at("rows"), row_of);
  return r;
}

}  // namespace

std::string format_run_record(const RunRecord& r) {
  const Json plan = {{"first_blocks", r.plan.first_blocks},
                     {"max_blocks", r.plan.max_blocks},
                     {"alpha", r.plan.alpha},
                     {"company", r.plan.panel},
                     {"seed", r.plan.seed},
                     {"process_seconds", r.process_s}};
  const std::pair<const char*, std::string> members[] = {
      {"schema", dumped(kSchema)},
      {"plan", dumped(plan)},
      {"metric", dumped(r.metric.name)},
      {"better", r.metric.better == Better::higher ? "\"higher\"" : "\"lower\""},
      {"policy", dumped(to_json(r.policy))},
      {"base_executable", dumped(r.base_executable)},
      {"head_executable", dumped(r.head_executable)},
      {"command", dumped(r.command)},
      {"statistic", dumped(r.statistic)},
      {"ended_early", dumped(r.ended_early)},
      {"ended_by", r.ended_by ? dumped(side_name(*r.ended_by)) : "null"},
      {"base_only", dumped(r.base_only)},
      {"head_only", dumped(r.head_only)},
      {"cases", lines(r.cases)},
      {"looks", lines(r.looks)},
      {"dropped", lines(r.dropped)},
      {"rows", lines(r.rows)},
  };
  std::string text = "{";
  const char* separator = "";
  for (const auto& [key, value] : members) {
    text += std::string(separator) + "\"" + key + "\": " + value;
    separator = ",\n ";
  }
  return text + "}\n";
}

RunRecord read_run_record(const std::string& path) {
  std::ifstream file(path);
  if (!file)
    throw meaning_diagnostic(path, "", "cannot be read", "give the folder that `compare ab --keep` left");
  try {
    return record_of(Json::parse(file));
  } catch (const std::exception& error) {
    throw meaning_diagnostic(path, "", std::string("not a ") + kSchema + " record: " + error.what(),
                             "`compare ab --keep DIR` writes it");
  }
}

std::string result_file_name(int look, int block, int position, Side side) {
  char name[64];
  std::snprintf(name, sizeof name, "look%d/block%02d/%d-%s.json", look, block, position, side_name(side));
  return name;
}

}  // namespace warpgauge
