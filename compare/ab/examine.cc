#include "compare/ab/examine.h"

#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "base/diagnostic.h"
#include "base/json_text.h"

namespace warpgauge {
namespace {

// Finds cases that failed. A row that was not requested is a fault of the process.
void examine_rows(Examined& examined, const std::vector<std::string>& requested) {
  const std::set<std::string> expected(requested.begin(), requested.end());
  std::map<std::string, const Case*> rows;
  for (const Case& c : examined.process.cases) {
    rows.emplace(c.raw_name, &c);
    if (!expected.contains(c.raw_name)) {
      examined.fault = "the results hold a case that was not requested: " + printable(c.raw_name);
      return;
    }
  }
  for (const std::string& name : requested) {
    const auto row = rows.find(name);
    if (row == rows.end())
      examined.failed.push_back({name, "the results hold no row of the case"});
    else if (!row->second->failure.empty())
      examined.failed.push_back({name, row->second->failure});
  }
}

}  // namespace

Examined examine(const ChildResult& child, const std::string& file, const std::string& shown,
                 const std::vector<std::string>& requested, const ReadOptions& options) {
  Examined examined;
  if (child.end != ChildResult::End::exited) {
    examined.fault = child.describe();
    return examined;
  }
  try {
    examined.process = read_process(file, options);
    show_as(examined.process, shown);
  } catch (const Diagnostic& error) {
    std::string text = error.what();
    if (const auto at = text.find(file); at != std::string::npos) text.replace(at, file.size(), shown);
    examined.fault = child.ok() ? "exit 0, but " + text : child.describe();
    return examined;
  }
  examine_rows(examined, requested);
  // A binary that computed a wrong result reports it in the row and in its exit code. Without such a row the
  // exit code has an unknown cause.
  if (!child.ok() && examined.failed.empty() && examined.fault.empty())
    examined.fault = child.describe() + ", but no case failed in its results";
  return examined;
}

std::string first_without_rows(const std::string& file, const std::vector<std::string>& requested) {
  std::ifstream stream(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  for (const std::string& name : requested) {
    if (text.find("\"run_name\": " + json_text(name)) == std::string::npos) return name;
  }
  return {};
}

}  // namespace warpgauge
