#include "compare/input/reader.h"

#include <filesystem>
#include <set>

#include "base/diagnostic.h"
#include "base/fields.h"
#include "base/json.h"
#include "base/text.h"
#include "compare/input/google_benchmark.h"
#include "compare/input/nvbench.h"

namespace warpgauge {
namespace {

// Decided by the first key that only one of the formats has, which is among the first bytes.
bool is_nvbench(std::string_view text, std::string_view file) {
  JsonReader json(text, file);
  json.begin_object();
  while (const auto key = json.next_key()) {
    if (*key == "meta" || *key == "devices") return true;
    if (*key == "context") return false;
    json.value();
  }
  return false;
}

}  // namespace

Process parse_process(std::string_view bytes, const std::string& file, const ReadOptions& options) {
  const std::string_view text = checked_text(bytes, file);
  JsonReader json(text, file);
  expect_type(json.peek(), JsonType::object, file, "");
  return is_nvbench(text, file) ? read_nvbench(json, file, options)
                                : read_google_benchmark(json, file, options);
}

Process read_process(const std::string& path, const ReadOptions& options) {
  return parse_process(read_file(path), path, options);
}

void show_as(Process& process, const std::string& name) {
  for (std::string& warning : process.warnings)
    if (warning.starts_with(process.file)) warning.replace(0, process.file.size(), name);
  process.file = name;
}

ResultSet read_results(const std::vector<std::string>& paths, const ReadOptions& options) {
  ResultSet results;
  std::set<std::filesystem::path> seen;
  for (const std::string& path : paths) {
    std::error_code ignored;  // a path that cannot be resolved cannot be opened either
    if (!seen.insert(std::filesystem::weakly_canonical(path, ignored)).second) {
      throw meaning_diagnostic(path, "", "is given twice on one side",
                               "it would count as two processes: give it once");
    }
    results.processes.push_back(read_process(path, options));
  }
  return results;
}

}  // namespace warpgauge
