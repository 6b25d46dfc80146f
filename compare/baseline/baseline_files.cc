#include "compare/baseline/baseline_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <system_error>

#include "base/atomic_file.h"
#include "base/diagnostic.h"
#include "base/field_reader.h"
#include "base/text.h"
#include "compare/baseline/one_more.h"

namespace warpgauge {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMakeOne = "check the path, or make the first baseline with `bless`";

StoredBaseline parsed(const fs::path& path, std::optional<std::string> text) {
  StoredBaseline stored{.path = path, .blessed = true, .text = std::move(text), .baseline = {}};
  if (stored.text) stored.baseline = parse_baseline(*stored.text, path.string());
  return stored;
}

// As any input is read. A dangling link exists, and cannot be opened.
std::optional<std::string> read_input(const fs::path& path) {
  std::error_code error;
  if (fs::symlink_status(path, error).type() == fs::file_type::not_found) return std::nullopt;
  return read_file(path.string());
}

void check_directory(const fs::path& directory) {
  std::error_code error;
  const fs::file_status status = fs::status(directory, error);
  if (status.type() == fs::file_type::not_found)
    throw meaning_diagnostic(directory.string(), "", "no such folder", kMakeOne);
  if (error) throw meaning_diagnostic(directory.string(), "", error.message(), "check its permissions");
  if (!fs::is_directory(status))
    throw meaning_diagnostic(directory.string(), "", "is not a folder",
                             "--baseline takes the folder above FINGERPRINT/MATRIX.json");
}

std::vector<fs::path> sorted_entries(const fs::path& directory) {
  check_directory(directory);
  std::error_code error;
  std::vector<fs::path> entries;
  for (const auto& entry : fs::directory_iterator(directory, error)) entries.push_back(entry.path());
  if (error) throw meaning_diagnostic(directory.string(), "", error.message(), "check its permissions");
  std::ranges::sort(entries);
  return entries;
}

// A baseline with a syntax error, such as a merge conflict, is one: whoever reads it reports the error.
bool is_baseline(const fs::path& file) {
  constexpr std::string_view kKind = "warpgauge/baseline/";
  const std::string text = read_file(file.string());
  if (text.find(kKind) == std::string::npos) return false;
  try {
    return schema_of(text, file.string()).value_or("").starts_with(kKind);
  } catch (const Diagnostic&) {
    return true;
  }
}

}  // namespace

std::string baseline_file_name(const std::string& matrix) {
  return (matrix == "smoke" ? "smoke-rounds" : matrix) + ".json";
}

StoredBaseline read_baseline(const fs::path& directory, const std::string& fingerprint,
                             const std::string& matrix) {
  const fs::path path = directory / fingerprint / baseline_file_name(matrix);
  return parsed(path, read_if_there(path));
}

StoredBaseline find_baseline(const fs::path& directory, const std::string& fingerprint,
                             const std::string& matrix) {
  const auto in_folder = [&](const fs::path& folder) {
    const fs::path path = folder / fingerprint / baseline_file_name(matrix);
    return parsed(path, read_input(path));
  };
  StoredBaseline stored = in_folder(directory);
  if (stored.baseline) return stored;
  // "baselines/" and "baselines" are the same folder.
  const fs::path named = (directory / "").parent_path();
  StoredBaseline unblessed = in_folder(named.parent_path() / ".warpgauge");
  unblessed.blessed = false;
  if (unblessed.baseline) return unblessed;
  check_directory(directory);
  return stored;
}

std::vector<fs::path> baselines_in(const fs::path& directory, const std::string& fingerprint,
                                   const std::string& matrix) {
  std::vector<fs::path> files;
  for (const fs::path& folder : sorted_entries(directory)) {
    std::error_code unreadable;  // of a dangling link, which is no folder
    if (!fs::is_directory(folder, unreadable)) continue;
    if (!fingerprint.empty() && folder.filename() != fingerprint) continue;
    for (const fs::path& file : sorted_entries(folder)) {
      if (file.extension() != ".json" || !fs::is_regular_file(file, unreadable)) continue;
      if (!matrix.empty() && file.filename() != baseline_file_name(matrix)) continue;
      if (is_baseline(file)) files.push_back(file);
    }
  }
  if (files.empty()) {
    const auto or_any = [](const std::string& name) { return name.empty() ? "*" : name; };
    throw meaning_diagnostic(
        directory.string(), "",
        fmt::format("holds no baseline {}/{}", or_any(fingerprint), baseline_file_name(or_any(matrix))),
        kMakeOne);
  }
  return files;
}

void write_baseline(const StoredBaseline& stored, const Baseline& edited, const Baseline& baseline) {
  const std::string text = format_baseline(baseline);
  const Baseline again =
      parse_baseline(text, stored.path.string(), "the new round cannot be stored; nothing was written");
  if (format_baseline(again) != text)
    throw std::logic_error(stored.path.string() + ": the new round would be read differently");
  if (const std::string fault = not_one_more(edited, again); !fault.empty())
    throw std::logic_error(fmt::format("{}: the new text is not the stored one with one round more: {}",
                                       stored.path.string(), fault));
  update_file(stored.path, stored.text, text);
}

}  // namespace warpgauge
