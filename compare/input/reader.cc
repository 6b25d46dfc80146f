#include "compare/input/reader.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/diagnostic.h"
#include "base/fields.h"
#include "base/json.h"
#include "base/text.h"
#include "compare/input/catch2.h"
#include "compare/input/criterion.h"
#include "compare/input/executables.h"
#include "compare/input/google_benchmark.h"
#include "compare/input/hyperfine.h"
#include "compare/input/nanobench.h"
#include "compare/input/nvbench.h"
#include "compare/input/result_paths.h"
#include "compare/input/xml.h"

namespace warpgauge {
namespace {

enum class JsonFormat { google_benchmark, nvbench, nanobench, hyperfine };

// Of a document whose results are an array "results".
JsonFormat format_of_results(JsonReader& json) {
  if (json.peek() != JsonType::array) return JsonFormat::google_benchmark;
  json.begin_array();
  if (!json.next_item() || json.peek() != JsonType::object) return JsonFormat::hyperfine;
  json.begin_object();
  while (const auto key = json.next_key()) {
    if (*key == "command") return JsonFormat::hyperfine;
    if (*key == "name" || *key == "title" || *key == "measurements") return JsonFormat::nanobench;
    json.value();
  }
  return JsonFormat::google_benchmark;
}

// Decided by the first key that only one of the formats has, which is among the first bytes.
JsonFormat format_of(std::string_view text, std::string_view file) {
  JsonReader json(text, file);
  json.begin_object();
  while (const auto key = json.next_key()) {
    if (*key == "meta" || *key == "devices") return JsonFormat::nvbench;
    if (*key == "context") return JsonFormat::google_benchmark;
    if (*key == "results") return format_of_results(json);
    json.value();
  }
  return JsonFormat::google_benchmark;
}

// Google Benchmark's other formats of output, by their first lines.
void refuse_other_output(std::string_view text, const std::string& file) {
  const std::string_view rest = text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  if (rest.starts_with('{') || rest.starts_with('[')) return;
  const std::string_view start = rest.substr(0, 4096);
  const auto has = [&](std::string_view words) { return start.find(words) != std::string_view::npos; };
  const char* const found = has("name,iterations,real_time,cpu_time") ? "is Google Benchmark's CSV"
                            : has("Benchmark ") && has("Time ") && has("CPU ") && has("Iterations")
                                ? "is what Google Benchmark prints to a console"
                                : nullptr;
  if (found)
    throw meaning_diagnostic(file, "", found,
                             "run it again with --benchmark_out=FILE --benchmark_out_format=json");
}

// [metric]: a process for each, from one file. Google Benchmark's can be large, and is read once for all.
std::vector<Process> read_json(std::string_view text, const std::string& file,
                               const std::vector<ReadOptions>& metrics) {
  const auto each = [&](auto read) {
    std::vector<Process> processes;
    for (const ReadOptions& options : metrics) {
      JsonReader json(text, file);
      processes.push_back(read(json, file, options));
    }
    return processes;
  };
  JsonReader json(text, file);
  expect_type(json.peek(), JsonType::object, file, "");
  switch (format_of(text, file)) {
    case JsonFormat::nvbench:
      return each(read_nvbench);
    case JsonFormat::nanobench:
      return each(read_nanobench);
    case JsonFormat::hyperfine:
      return each(read_hyperfine);
    case JsonFormat::google_benchmark:
      break;
  }
  return read_google_benchmark(json, file, metrics);
}

std::vector<ResultOrigin> origins_of(const ResultSet& side) {
  std::vector<ResultOrigin> origins;
  for (const Process& process : side.processes) origins.push_back({process.executable_path, process.file});
  return origins;
}

std::vector<ResultOrigin> origins_of(const std::vector<ResultPath>& paths) {
  std::vector<ResultOrigin> origins;
  for (const ResultPath& path : paths)
    origins.push_back(
        {path.criterion ? "" : executable_in(path.bytes ? *path.bytes : bytes_of(path)), path.path});
  return origins;
}

bool has_several(const ExecutableNames& names) {
  const auto differ = [](const std::vector<std::string>& side) {
    return std::ranges::adjacent_find(side, std::ranges::not_equal_to()) != side.end();
  };
  return differ(names.base) || differ(names.head);
}

// Of several metrics, a case may lack one.
std::vector<ReadOptions> for_metrics(const ReadOptions& options, const std::vector<Metric>& metrics) {
  std::vector<ReadOptions> all(metrics.size(), options);
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    all[m].metric = metrics[m];
    all[m].may_lack_metric = metrics.size() > 1;
  }
  return all;
}

std::vector<Process> read_text(std::string_view bytes, const std::string& file,
                               const std::vector<ReadOptions>& metrics) {
  const std::string_view text = checked_text(bytes, file);
  std::vector<Process> processes;
  if (is_xml(text)) {
    for (const ReadOptions& options : metrics) processes.push_back(read_catch2(text, file, options));
    return processes;
  }
  refuse_other_output(text, file);
  processes = read_json(text, file, metrics);
  for (Process& process : processes) {
    process.executable_path = process.context.info_of("executable");
    if (process.executable_path.empty()) process.executable_path = executable_in(text);
  }
  return processes;
}

std::vector<Process> read_path(const ResultPath& path, const std::vector<ReadOptions>& metrics) {
  if (!path.criterion && path.bytes) return read_text(*path.bytes, path.path, metrics);
  if (!path.criterion) return read_text(bytes_of(path), path.path, metrics);
  std::vector<Process> processes;
  for (const ReadOptions& options : metrics)
    processes.push_back(read_criterion(*path.criterion, path.path, options));
  return processes;
}

// [metric]
std::vector<ResultSet> read_side(const std::vector<ResultPath>& paths, const ReadOptions& options,
                                 const std::vector<Metric>& metrics,
                                 const std::vector<std::string>& executables) {
  std::vector<ResultSet> sides(metrics.size());
  std::vector<ReadOptions> of_file = for_metrics(options, metrics);
  for (std::size_t i = 0; i < paths.size(); ++i) {
    for (ReadOptions& one : of_file)
      if (!executables.empty()) one.executable = executables[i];
    std::vector<Process> processes = read_path(paths[i], of_file);
    for (std::size_t m = 0; m < metrics.size(); ++m) sides[m].processes.push_back(std::move(processes[m]));
  }
  return sides;
}

void name_processes(ResultSet& side, const std::vector<std::string>& executables) {
  for (std::size_t i = 0; i < side.processes.size(); ++i) side.processes[i].executable = executables[i];
}

}  // namespace

bool ReadOptions::keeps(std::string_view name, std::string_view raw_name) const {
  if (!filter) return true;
  const std::string_view raw = filter_raw_names ? raw_name : name;
  std::vector<std::string> texts{std::string(name), std::string(raw)};
  if (!executable.empty())
    for (const std::string_view one : {name, raw}) texts.push_back(qualified_name(executable, one));
  for (std::string& text : texts)
    for (const Rename& rename : renames)
      if (auto renamed = rename.new_name(text)) text = std::move(*renamed);
  return filter->keeps_any(texts);
}

Process parse_process(std::string_view bytes, const std::string& file, const ReadOptions& options) {
  return std::move(read_text(bytes, file, {options}).front());
}

Process read_process(const std::string& path, const ReadOptions& options) {
  if (const auto folder = criterion_folder(path)) return read_criterion(*folder, path, options);
  return parse_process(read_file(path), path, options);
}

void show_as(Process& process, const std::string& name) {
  for (std::string& warning : process.warnings)
    if (warning.starts_with(process.file)) warning.replace(0, process.file.size(), name);
  process.file = name;
}

std::vector<Process> parse_process(std::string_view text, const std::string& file, const ReadOptions& options,
                                   const std::vector<Metric>& metrics) {
  return read_text(text, file, for_metrics(options, metrics));
}

std::vector<ResultSet> read_results(const std::vector<std::string>& paths, const ReadOptions& options,
                                    const std::vector<Metric>& metrics) {
  std::vector<ResultSet> results;
  for (Sides& sides : read_sides({}, paths, options, metrics)) results.push_back(std::move(sides.head));
  return results;
}

std::vector<Sides> read_sides(const std::vector<std::string>& base, const std::vector<std::string>& head,
                              const ReadOptions& options, const std::vector<Metric>& metrics) {
  const std::vector<ResultPath> base_paths = result_paths(base), head_paths = result_paths(head);
  // Which executables there are is known once all files are read; a filter needs it before.
  ExecutableNames names;
  if (options.filter && (base_paths.size() > 1 || head_paths.size() > 1))
    names = name_executables(origins_of(base_paths), origins_of(head_paths));
  if (!has_several(names)) names = {};
  ReadOptions of_head = options;
  of_head.renames.clear();
  std::vector<ResultSet> bases = read_side(base_paths, options, metrics, names.base);
  std::vector<ResultSet> heads = read_side(head_paths, of_head, metrics, names.head);
  names = name_executables(origins_of(bases.front()), origins_of(heads.front()));
  std::vector<Sides> all;
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    name_processes(bases[m], names.base);
    name_processes(heads[m], names.head);
    all.push_back({std::move(bases[m]), std::move(heads[m])});
  }
  Sides& first = all.front();
  for (const std::string& remark : names.remarks)
    (first.base.processes.empty() ? first.head : first.base).processes.front().warnings.push_back(remark);
  return all;
}

Sides read_sides(const std::vector<std::string>& base, const std::vector<std::string>& head,
                 const ReadOptions& options) {
  return std::move(read_sides(base, head, options, {options.metric}).front());
}

ResultSet read_results(const std::vector<std::string>& paths, const ReadOptions& options) {
  return std::move(read_results(paths, options, {options.metric}).front());
}

void require_metric(std::initializer_list<const ResultSet*> sides) {
  std::string lacking;
  for (const ResultSet* side : sides) {
    for (const Process& process : side->processes) {
      if (lacking.empty()) lacking = process.lacking;
      for (const Case& one : process.cases)
        if (!one.repetitions.empty()) return;
    }
  }
  if (!lacking.empty()) throw Diagnostic(lacking);
}

}  // namespace warpgauge
