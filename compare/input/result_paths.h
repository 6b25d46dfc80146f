// What the paths on a command line stand for: files, pipes, folders of result files, folders of criterion.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compare/input/criterion.h"

namespace warpgauge {

struct ResultPath {
  std::string path;
  std::optional<std::string> bytes = {};  // of a pipe, which can be read only once
  std::optional<CriterionFolder> criterion = {};
};

// In the given order; the files of a folder by name. Throws Diagnostic if a folder holds no results, a pipe
// cannot be read, or a path is given twice.
[[nodiscard]] std::vector<ResultPath> result_paths(const std::vector<std::string>& paths);

// Of a file. Throws Diagnostic.
[[nodiscard]] std::string bytes_of(const ResultPath& path);

}  // namespace warpgauge
