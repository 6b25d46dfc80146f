#include "bench/reporter.h"

#include <cmath>
#include <ctime>
#include <stdexcept>

namespace warpgauge::bench {
namespace {

// Local time with its offset (RFC 3339), as Google Benchmark writes it.
std::string local_date() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  char text[64];
  std::strftime(text, sizeof text, "%FT%T%z", &local);
  std::string date = text;
  return date.insert(date.size() - 2, ":");
}

Json caches(const benchmark::CPUInfo& cpu) {
  Json list = Json::array();
  for (const auto& cache : cpu.caches)
    list.push_back({{"type", cache.type},
                    {"level", cache.level},
                    {"size", cache.size},
                    {"num_sharing", cache.num_sharing}});
  return list;
}

constexpr const char* kBuildType =
#ifdef NDEBUG
    "release";
#else
    "debug";
#endif

void add_source(Json& row, const Case& measured) {
  if (!measured.source.empty()) row["models"] = measured.source;
}

Json skipped_row(const CaseResult& result) {
  const std::string& name = result.measured.name;
  Json row{{"name", name},
           {"run_name", name},
           {"run_type", "iteration"},
           {"repetitions", 1},
           {"repetition_index", 0},
           {"threads", 1},
           {"skipped", true},
           {"skip_message", result.measured.unsupported},
           {"iterations", 0},
           {"real_time", 0.0},
           {"cpu_time", 0.0},
           {"time_unit", "ns"}};
  add_source(row, result.measured);
  return row;
}

}  // namespace

JsonReporter::JsonReporter(std::span<const CaseResult> results, const Environment& environment,
                           std::span<const std::pair<std::string, std::string>> context)
    : environment_(environment), custom_context_(context) {
  for (const CaseResult& result : results) results_[result.measured.name] = &result;
}

bool JsonReporter::ReportContext(const Context& context) {
  const benchmark::CPUInfo& cpu = context.cpu_info;
  context_ = {{"date", local_date()},
              {"host_name", context.sys_info.name},
              {"executable", Context::executable_name ? Context::executable_name : "warpgauge-bench"},
              {"num_cpus", cpu.num_cpus},
              {"mhz_per_cpu", std::llround(cpu.cycles_per_second * 1e-6)}};
  if (cpu.scaling != benchmark::CPUInfo::UNKNOWN)
    context_["cpu_scaling_enabled"] = cpu.scaling == benchmark::CPUInfo::ENABLED;
  context_["caches"] = caches(cpu);
  context_["load_avg"] = cpu.load_avg;
  context_["library_build_type"] = kBuildType;  // of the kernels; Debian's libbenchmark says debug of itself
  for (const auto& [key, value] : custom_context_)
    if (!context_.contains(key)) context_[key] = value;
  context_["warpgauge"] = {{"schema", "warpgauge/context/1"},   {"round", environment_.round},
                           {"identity", environment_.identity}, {"state", environment_.state},
                           {"info", environment_.info},         {"settings", environment_.settings}};
  return true;
}

void JsonReporter::ReportRuns(const std::vector<Run>& runs) {
  for (const Run& run : runs)
    if (run.run_type == Run::RT_Iteration) rows_.push_back(row(run));
}

Json JsonReporter::row(const Run& run) const {
  const std::string& name = run.run_name.function_name;
  const CaseResult& result = *results_.at(name);
  Json row{{"name", name},
           {"family_index", run.family_index},
           {"per_family_instance_index", run.per_family_instance_index},
           {"run_name", name},
           {"run_type", "iteration"},
           {"repetitions", run.repetitions},
           {"repetition_index", run.repetition_index},
           {"threads", run.threads}};
  add_source(row, result.measured);
  if (result.failed()) {
    row["error_occurred"] = true;
    row["error_message"] = result.failure;
    // Readers of the format require times in each row, and ignore those of an error.
    row.update({{"iterations", 0}, {"real_time", 0.0}, {"cpu_time", 0.0}, {"time_unit", "ns"}});
    return row;
  }
  const Repetition& repetition = result.repetitions.at(static_cast<std::size_t>(run.repetition_index));
  row["iterations"] = run.iterations;
  row["real_time"] = run.real_accumulated_time / static_cast<double>(run.iterations) * 1e9;
  row["cpu_time"] = repetition.cpu_ns;
  row["time_unit"] = "ns";
  for (const auto& [key, counter] : run.counters)
    if (!row.contains(key)) put_number(row, key, counter.value);
  if (!run.report_label.empty()) row["label"] = run.report_label;
  row["samples_ns"] = repetition.samples_ns;
  return row;
}

std::string JsonReporter::text() const {
  // One line per row, so that results can be compared with diff.
  std::string text = "{\n\"context\": " + json_text(context_, 1) + ",\n\"benchmarks\": [";
  const char* separator = "\n";
  const auto append = [&](const Json& row) {
    text += separator + json_text(row);
    separator = ",\n";
  };
  for (const Json& row : rows_) append(row);
  for (const auto& [name, result] : results_)
    if (result->skipped()) append(skipped_row(*result));
  return text + "\n]\n}\n";
}

}  // namespace warpgauge::bench
