// The folder that Rust's criterion writes, target/criterion: a case is a folder GROUP/FUNCTION/VALUE with its
// name in NEW/benchmark.json and its samples in NEW/sample.json. NEW is "new" for the latest run, or the name
// of a baseline (--save-baseline NAME).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compare/input/reader.h"

namespace warpgauge {

struct CriterionFolder {
  std::string path;
  std::string baseline = "new";
};

// Of "target/criterion" or "target/criterion@NAME"; nothing if there is no such folder with samples.
[[nodiscard]] std::optional<CriterionFolder> criterion_folder(const std::string& path);

// One process: all cases of the folder. Throws Diagnostic. The metric is real_time: a sample is the time of
// its iterations, divided by their number.
[[nodiscard]] Process read_criterion(const CriterionFolder& folder, const std::string& name,
                                     const ReadOptions& options);

// Of one case. `file` is for diagnostics.
[[nodiscard]] std::vector<Repetition> read_criterion_samples(std::string_view text, const std::string& file);
[[nodiscard]] std::string read_criterion_name(std::string_view text, const std::string& file);

}  // namespace warpgauge
