// Reads result files: Google Benchmark's JSON since version 1.5, ours (the same with samples_ns and
// context.warpgauge), and nvbench's. Throws Diagnostic if a file is not valid. Unusual but harmless content
// becomes a warning in Process::warnings.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compare/input/name_filter.h"
#include "compare/input/result_set.h"

namespace warpgauge {

struct ReadOptions {
  Metric metric{};
  std::optional<NameFilter> filter{};  // dropped rows are checked for syntax only
  // Whether the filter also matches raw names. Not against a stored baseline, which has no raw names.
  bool filter_raw_names = true;
  std::vector<std::string> counters{};  // of Google Benchmark's rows, to be read beside the metric

  [[nodiscard]] bool keeps(std::string_view name, std::string_view raw_name) const {
    return !filter || filter->keeps(name, filter_raw_names ? raw_name : name);
  }
};

// Reads one file, which is one process. Times become nanoseconds; a counter keeps its unit.
[[nodiscard]] Process read_process(const std::string& path, const ReadOptions& options);
// The same for text in memory. `file` is its name in messages.
[[nodiscard]] Process parse_process(std::string_view text, const std::string& file,
                                    const ReadOptions& options);

// Sets the name of the process's file in reports and warnings.
void show_as(Process& process, const std::string& name);

// Reads the files of one side. A file given twice is refused, because it would count as two processes.
[[nodiscard]] ResultSet read_results(const std::vector<std::string>& paths, const ReadOptions& options);

}  // namespace warpgauge
