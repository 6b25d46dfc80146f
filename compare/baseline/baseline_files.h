// The files of stored baselines: DIR/FINGERPRINT/MATRIX.json. For the matrix `smoke` the file is
// smoke-rounds.json, because smoke.json holds the smoke test's minima (smoke.h).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "compare/baseline/baseline.h"

namespace warpgauge {

// A file and its content.
struct StoredBaseline {
  std::filesystem::path path;
  bool blessed = true;              // false: found in .warpgauge, see find_baseline
  std::optional<std::string> text;  // as read; nothing if the file does not exist
  std::optional<Baseline> baseline;
};

[[nodiscard]] std::string baseline_file_name(const std::string& matrix);

// For `bless`, which writes the file again: throws OutputError if the path is not a regular file. Nothing has
// to exist.
[[nodiscard]] StoredBaseline read_baseline(const std::filesystem::path& directory,
                                           const std::string& fingerprint, const std::string& matrix);

// For `gate`, which only reads: follows links, and throws Diagnostic if the file cannot be read. If the
// directory holds no baseline of this fingerprint and matrix, the unblessed one beside the directory is
// taken: .warpgauge/FINGERPRINT/MATRIX.json. If that does not exist either, the directory must exist.
[[nodiscard]] StoredBaseline find_baseline(const std::filesystem::path& directory,
                                           const std::string& fingerprint, const std::string& matrix);

// For `trend`: the files of `directory` whose schema is a baseline's, sorted. An empty fingerprint or matrix
// stands for all. Other files are ignored. Throws Diagnostic if the directory cannot be read or if there is
// no such file.
[[nodiscard]] std::vector<std::filesystem::path> baselines_in(const std::filesystem::path& directory,
                                                              const std::string& fingerprint,
                                                              const std::string& matrix);

// Replaces the file that was read as `stored`. Writes nothing if that would lose something: throws Diagnostic
// if the new text could not be read again, std::logic_error if it is not `edited` (the stored one with the
// edits of the user) with one round more, OutputError if the file was changed since it was read.
void write_baseline(const StoredBaseline& stored, const Baseline& edited, const Baseline& baseline);

}  // namespace warpgauge
