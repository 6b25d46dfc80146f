#include "compare/commands/paths.h"

#include "compare/input/reader.h"

namespace warpgauge {
namespace {

std::filesystem::path last_parts(const std::filesystem::path& path, int parts) {
  std::filesystem::path shown;
  auto part = path.end();
  while (parts-- > 0 && part != path.begin()) {
    --part;
    shown = shown.empty() ? *part : *part / shown;
  }
  return shown;
}

// Results from Windows have backslashes.
std::string shown_executable(const std::string& path) {
  return shown_path(path.substr(path.rfind('\\') + 1));
}

}  // namespace

std::string shown_path(const std::filesystem::path& path, int parts) {
  // A name that begins with a dash would be taken for a flag.
  if (!path.is_absolute()) return (path.string().starts_with('-') ? "./" : "") + path.string();
  std::error_code no_directory;
  const std::filesystem::path below =
      path.lexically_normal().lexically_relative(std::filesystem::current_path(no_directory));
  const bool is_below = !no_directory && !below.empty() && *below.begin() != "..";
  return (is_below ? below : last_parts(path, parts)).string();
}

void show_paths_of(ResultSet& results) {
  for (Process& process : results.processes) {
    show_as(process, shown_path(process.file));
    const auto executable = process.context.info.find("executable");
    if (executable != process.context.info.end()) executable->second = shown_executable(executable->second);
  }
}

Executable executable_of(const ResultSet& results) {
  const std::string path = results.processes.front().context.info_of("executable");
  return {path, shown_executable(path)};
}

}  // namespace warpgauge
