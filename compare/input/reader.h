// Reads result files: Google Benchmark's JSON since version 1.5, ours (the same with samples_ns and
// context.warpgauge), nvbench's, nanobench's and hyperfine's, Catch2's XML, and criterion's folders. Throws
// Diagnostic if a file is not valid. Unusual but harmless content becomes a warning in Process::warnings.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compare/input/name_filter.h"
#include "compare/input/rename.h"
#include "compare/input/result_set.h"

namespace warpgauge {

struct ReadOptions {
  Metric metric{};
  std::optional<NameFilter> filter{};  // dropped rows are checked for syntax only
  // Whether the filter also matches raw names. Not against a stored baseline, which has no raw names.
  bool filter_raw_names = true;
  std::vector<std::string> counters{};  // of Google Benchmark's rows, to be read beside the metric
  // Whether a case may lack the metric, if it is a counter. The process then lacks the case. Otherwise that
  // is an error.
  bool may_lack_metric = false;
  std::string executable{};  // of the file, if there are several: the filter also matches names behind it
  std::vector<Rename> renames{};  // of this side: the filter matches the new names

  [[nodiscard]] bool keeps(std::string_view name, std::string_view raw_name) const;
};

// Reads one file, which is one process. Times become nanoseconds; a counter keeps its unit. The path may be a
// folder of criterion, but no pipe: it comes from a record, not from a command line.
[[nodiscard]] Process read_process(const std::string& path, const ReadOptions& options);
// The same for text in memory. `file` is its name in messages.
[[nodiscard]] Process parse_process(std::string_view text, const std::string& file,
                                    const ReadOptions& options);

// Sets the name of the process's file in reports and warnings.
void show_as(Process& process, const std::string& name);

// Reads the files of one side. A folder stands for the result files in it (*.json, *.xml), or for the results
// of criterion below it. A pipe is read to its end. A file given twice is refused, because it would count as
// two processes.
[[nodiscard]] ResultSet read_results(const std::vector<std::string>& paths, const ReadOptions& options);

// The same for several metrics: a result set for each. The metric of `options` is not used. A case may lack a
// metric, unless there is only one. Each file is read once.
[[nodiscard]] std::vector<ResultSet> read_results(const std::vector<std::string>& paths,
                                                  const ReadOptions& options,
                                                  const std::vector<Metric>& metrics);
[[nodiscard]] std::vector<Process> parse_process(std::string_view text, const std::string& file,
                                                 const ReadOptions& options,
                                                 const std::vector<Metric>& metrics);

// The same for both sides, whose executables are distinguished together (executables.h).
struct Sides {
  ResultSet base, head;
};
[[nodiscard]] std::vector<Sides> read_sides(const std::vector<std::string>& base,
                                            const std::vector<std::string>& head, const ReadOptions& options,
                                            const std::vector<Metric>& metrics);
[[nodiscard]] Sides read_sides(const std::vector<std::string>& base, const std::vector<std::string>& head,
                               const ReadOptions& options);

// Throws Diagnostic if no case of any of these sides has the metric that they were read for.
void require_metric(std::initializer_list<const ResultSet*> sides);

}  // namespace warpgauge
