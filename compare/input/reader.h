// Reads result files: Google Benchmark's JSON of any version since 1.5, our own (the same with samples_ns and
// context.warpgauge), and nvbench's. Throws Diagnostic on everything that is not valid; what is odd but
// harmless goes to Process::warnings.
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
  std::optional<NameFilter> filter{};  // rows that it drops are not checked for meaning
  // Whether the filter may find a case by its raw name, too. The other side has to be filtered alike: a
  // stored baseline knows no raw names.
  bool filter_raw_names = true;
  std::vector<std::string> counters{};  // of Google Benchmark's rows, to be read beside the metric

  bool keeps(std::string_view name, std::string_view raw_name) const {
    return !filter || filter->keeps(name, filter_raw_names ? raw_name : name);
  }
};

// One file: one process. Times become nanoseconds; a counter keeps its unit.
Process read_process(const std::string& path, const ReadOptions& options);
// The same on text in memory; `file` names it in diagnostics.
Process parse_process(std::string_view text, const std::string& file, const ReadOptions& options);

// Gives a process, and what it warns of, the name that reports show for its file.
void show_as(Process& process, const std::string& name);

// The files of one side. A file given twice is refused: its numbers would count as two processes.
ResultSet read_results(const std::vector<std::string>& paths, const ReadOptions& options);

}  // namespace warpgauge
