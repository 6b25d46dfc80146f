#include "compare/decide/failed_cases.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace warpgauge {
namespace {

using Kind = note::FailedCases::Kind;

Kind kind_of(const Failed& failure, const Cell& cell) {
  if (failure.allowed) return Kind::allowed;
  if (failure.on_both_sides) return Kind::on_both_sides;
  return cell.head.value ? Kind::fixed : Kind::not_run_in_head;
}

}  // namespace

void add_failures(StoredSide& stored, const ResultSet& head) {
  std::set<std::string_view> failing;
  for (const Process& process : head.processes)
    for (const Case& one : process.cases)
      if (!one.failure.empty()) failing.insert(one.name);
  std::vector<Case>& cases = stored.results.processes.front().cases;
  for (const std::string& name : stored.failed) {
    auto found = std::ranges::find(cases, name, &Case::name);
    const bool has_numbers = found != cases.end();
    if (has_numbers && !failing.contains(name)) continue;
    Case& failed = has_numbers ? *found : cases.emplace_back();
    failed.name = failed.raw_name = name;
    failed.failure = "failed in the last accepted round";
    failed.repetitions.clear();
  }
}

std::vector<Note> failed_cases(const std::vector<Cell>& cells) {
  std::vector<Note> notes;
  for (const Kind kind : {Kind::on_both_sides, Kind::fixed, Kind::not_run_in_head, Kind::allowed}) {
    note::FailedCases found{.kind = kind, .cases = 0, .names = {}};
    for (const Cell& cell : cells) {
      const auto* failure = std::get_if<Failed>(&cell.why);
      if (cell.verdict != CellVerdict::errored || !failure || kind_of(*failure, cell) != kind) continue;
      if (++found.cases <= static_cast<std::int64_t>(kNamesInNote)) found.names.push_back(cell.name);
    }
    if (found.cases > 0) notes.push_back(std::move(found));
  }
  return notes;
}

}  // namespace warpgauge
