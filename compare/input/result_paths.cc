#include "compare/input/result_paths.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/diagnostic.h"
#include "base/text.h"

namespace warpgauge {
namespace {

namespace fs = std::filesystem;

// Programs write run.json and comparison.json beside results, but no result file has such a name.
std::vector<std::string> files_in(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const fs::path extension = entry.path().extension();
    if ((extension == ".json" || extension == ".xml") && !entry.is_directory(error))
      files.push_back(entry.path().string());
  }
  if (error)
    throw meaning_diagnostic(folder, "", "cannot be read: " + error.message(), "check its permissions");
  std::ranges::sort(files);
  return files;
}

// One path of the command line.
std::vector<ResultPath> paths_of(const std::string& path) {
  std::error_code error;
  const fs::file_type type = fs::status(path, error).type();
  if (type == fs::file_type::fifo || type == fs::file_type::character) return {{path, read_pipe(path)}};
  if (type != fs::file_type::directory) {
    if (type == fs::file_type::not_found)
      if (auto folder = criterion_folder(path)) return {{path, {}, std::move(folder)}};
    return {{path}};
  }
  std::vector<ResultPath> found;
  for (std::string& file : files_in(path)) found.push_back({std::move(file)});
  if (!found.empty()) return found;
  if (auto folder = criterion_folder(path)) return {{path, {}, std::move(folder)}};
  throw meaning_diagnostic(path, "", "is a directory without result files (*.json, *.xml)",
                           "give result files, a directory of them, or target/criterion");
}

}  // namespace

std::vector<ResultPath> result_paths(const std::vector<std::string>& paths) {
  std::vector<ResultPath> all;
  std::set<fs::path> seen;
  for (const std::string& path : paths) {
    for (ResultPath& one : paths_of(path)) {
      std::error_code ignored;  // a path that cannot be resolved cannot be opened either
      if (!seen.insert(fs::weakly_canonical(one.path, ignored)).second)
        throw meaning_diagnostic(one.path, "", "is given twice on one side",
                                 "it would count as two processes: give it once");
      all.push_back(std::move(one));
    }
  }
  return all;
}

std::string bytes_of(const ResultPath& path) {
  return read_file(path.path);
}

}  // namespace warpgauge
