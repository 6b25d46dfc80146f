#include "compare/ab/position_results.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "base/diagnostic.h"
#include "base/text.h"

namespace warpgauge {
namespace {

std::string warning_of(const std::string& file, std::ptrdiff_t count, const std::string& name) {
  const std::string what = count == 1
                               ? "1 case was not requested and is ignored: "
                               : fmt::format("{} cases were not requested and are ignored, such as ", count);
  return fmt::format("{}: {}{}; does the binary apply --benchmark_filter?", file, what, printable(name));
}

}  // namespace

std::string read_result(const std::string& directory, const std::string& file) {
  return read_file_inside(directory, file, kMostResultBytes);
}

Process merged_parts(std::vector<Process> parts, const std::set<std::string>& requested) {
  std::set<std::string> seen;
  std::string unrequested;
  std::ptrdiff_t count = 0;
  Process whole = std::move(parts.front());
  std::vector<Case> cases;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    Process& part = i == 0 ? whole : parts[i];
    for (Case& one : part.cases) {
      const bool is_first = seen.insert(one.raw_name).second;
      if (!requested.contains(one.raw_name)) {
        if (is_first && count++ == 0) unrequested = one.raw_name;
      } else if (is_first) {
        cases.push_back(std::move(one));
      }
    }
    if (i == 0) continue;
    std::ranges::move(part.warnings, std::back_inserter(whole.warnings));
    if (whole.lacking.empty()) whole.lacking = part.lacking;
  }
  whole.cases = std::move(cases);
  if (count > 0) whole.warnings.push_back(warning_of(whole.file, count, unrequested));
  return whole;
}

}  // namespace warpgauge
