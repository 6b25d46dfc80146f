#include "compare/commands/case_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <vector>

#include "base/diagnostic.h"
#include "base/number_format.h"
#include "compare/input/reader.h"

namespace warpgauge {
namespace {

constexpr std::size_t kNamesShown = 3;

// The names of all cases; none if a row that the filter drops cannot be read.
std::vector<std::string> all_names(std::initializer_list<const ResultSet*> sides, const Metric& metric) {
  std::vector<std::string> names;
  std::unordered_set<std::string> seen;
  const ReadOptions unfiltered{.metric = metric};
  try {
    for (const ResultSet* side : sides) {
      for (const Process& process : side->processes) {
        for (const Case& one : read_process(process.file, unfiltered).cases) {
          if (seen.insert(one.name).second) names.push_back(one.name);
        }
      }
    }
  } catch (const Diagnostic&) {
    names.clear();
  }
  return names;
}

std::string hint_of(std::vector<std::string> names) {
  if (names.empty()) return "check the expression";
  const std::size_t count = names.size();
  names.resize(std::min(count, kNamesShown));
  for (std::string& name : names) name = printable(name);
  return fmt::format("the files hold {}{}",
                     count > names.size() ? fmt::format("{} cases, such as ", count) : "",
                     format_list(names));
}

}  // namespace

void add_filter_flag(FlagTable& table, CaseFilter& filter) {
  table.add({.name = "--filter",
             .value = "RE",
             .help =
                 "Takes only the cases whose name matches this regular expression (RE2 syntax); --filter=-RE "
                 "takes the others",
             .take = [&filter](const std::string& text) {
               filter.text = text;
               if (!text.empty()) filter.names = NameFilter(text);
             }});
}

void require_cases(const CaseFilter& filter, std::initializer_list<const ResultSet*> sides,
                   const Metric& metric) {
  const auto has_cases = [](const Process& process) { return !process.cases.empty(); };
  const bool any = std::ranges::any_of(
      sides, [&](const ResultSet* side) { return std::ranges::any_of(side->processes, has_cases); });
  if (any || !filter.names) return;
  throw bad_flag("--filter", filter.text, "matches no case", hint_of(all_names(sides, metric)));
}

}  // namespace warpgauge
