#include "compare/ab/examine.h"

#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/diagnostic.h"

namespace warpgauge {
namespace {

// Cases that failed, and rows that nobody asked for, which are a fault.
void examine_rows(Examined& examined, const std::vector<std::string>& asked) {
  const std::set<std::string> wanted(asked.begin(), asked.end());
  std::map<std::string, const Case*> rows;
  for (const Case& c : examined.process.cases) {
    rows.emplace(c.raw_name, &c);
    if (!wanted.contains(c.raw_name)) {
      examined.fault = "its results hold a case that it was not asked for: " + printable(c.raw_name);
      return;
    }
  }
  for (const std::string& name : asked) {
    const auto row = rows.find(name);
    if (row == rows.end())
      examined.failed.push_back({name, "no row in the results"});
    else if (!row->second->failure.empty())
      examined.failed.push_back({name, row->second->failure});
  }
}

}  // namespace

Examined examine(const ChildResult& child, const std::string& file, const std::string& shown,
                 const std::vector<std::string>& asked, const ReadOptions& options) {
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
  examine_rows(examined, asked);
  // A bench that found a wrong case says so in the row and in its exit code; without such a row the code
  // means something that nobody can tell.
  if (!child.ok() && examined.failed.empty() && examined.fault.empty())
    examined.fault = child.describe() + ", with every case in its results";
  return examined;
}

std::string first_without_rows(const std::string& file, const std::vector<std::string>& asked) {
  std::ifstream stream(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  for (const std::string& name : asked) {
    const std::string quoted =
        nlohmann::json(name).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    if (text.find("\"run_name\": " + quoted) == std::string::npos) return name;
  }
  return {};
}

}  // namespace warpgauge
