#include "bench/environment.h"

#include <benchmark/benchmark.h>
#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "base/build_info.h"
#include "base/hash.h"
#include "bench/gpu.h"
#include "bench/nvml.h"

namespace warpgauge::bench {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string first_line(const std::string& path) {
  const std::string text = read_file(path);
  return text.empty() ? "unknown" : text.substr(0, text.find('\n'));
}

// The fields of the first processor.
KeyValues cpuinfo_fields(const std::string& cpuinfo) {
  KeyValues fields;
  std::istringstream lines(cpuinfo);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::string key = line.substr(0, line.find_last_not_of(" \t", colon - 1) + 1);
    fields.emplace(key, colon + 2 <= line.size() ? line.substr(colon + 2) : "");
  }
  return fields;
}

bool is_instruction_set(const std::string& flag) {
  // x86, then ARM.
  static constexpr std::string_view kPrefixes[] = {"sse", "ssse", "avx",  "amx",  "fma",    "f16c",
                                                   "bmi", "aes",  "vaes", "gfni", "asimd",  "fphp",
                                                   "sve", "sme",  "bf16", "i8mm", "svebf16"};
  return std::ranges::any_of(kPrefixes,
                             [&flag](std::string_view prefix) { return flag.starts_with(prefix); });
}

std::string instruction_set_hash(const std::string& flags) {
  std::istringstream words(flags);
  std::set<std::string> sorted;
  for (std::string flag; words >> flag;)
    if (is_instruction_set(flag)) sorted.insert(flag);
  std::string joined;
  for (const std::string& flag : sorted) joined += flag + " ";
  return hash_text(hash_bytes(joined));
}

void add_caches(KeyValues& identity) {
  for (const auto& cache : benchmark::CPUInfo::Get().caches)
    if (cache.level >= 2 && cache.type != "Instruction")
      identity[fmt::format("cpu_l{}_bytes", cache.level)] = std::to_string(cache.size);
}

void add_cpu(const Setup& setup, Environment& f) {
  f.identity.merge(cpu_identity(read_file("/proc/cpuinfo")));
  add_caches(f.identity);
  f.identity["cpus_allowed"] = std::to_string(setup.cpus_allowed);
  f.identity["threads"] = std::to_string(setup.threads);
  f.identity["cpu_cache"] = cache_mode_name(setup.options.cache_of(Backend::cpu));
  f.identity["cpu_clock"] = "steady_clock around a launch";
  using GetConfig = char*();
  if (auto* config = reinterpret_cast<GetConfig*>(dlsym(RTLD_DEFAULT, "openblas_get_config")))
    f.state["openblas"] = config();
}

// Rounded to GiB: the memory that a driver reserves differs by some MiB between versions.
std::string rounded_gib(std::int64_t bytes) {
  return std::to_string((bytes + (std::int64_t{1} << 29)) >> 30);
}

void add_gpu(const Setup& setup, Environment& f) {
  const GpuInfo& gpu = *setup.gpu;
  f.identity["gpu_name"] = gpu.name;
  f.identity["gpu_sm_count"] = std::to_string(gpu.sm_count);
  f.identity["gpu_memory_gib"] = rounded_gib(gpu.memory_bytes);
  f.identity["gpu_compute_capability"] = gpu.compute_capability;
  f.identity["gpu_ecc"] = gpu.ecc ? "on" : "off";
  f.identity["gpu_cache"] = cache_mode_name(setup.options.cache_of(Backend::cuda));
  f.identity["gpu_clock"] = "CUDA events around a launch hidden behind a blocking kernel";
  f.identity["tf32"] = "off";
  f.state["cuda_runtime"] = gpu.cuda_runtime;
  f.state["cuda_driver"] = gpu.cuda_driver;
  f.info["gpu_uuid_hash"] = hash_text(hash_bytes(gpu.uuid));
  if (!setup.nvml) return;
  if (const auto limit = setup.nvml->power_limit_w())
    f.identity["gpu_power_limit_w"] = std::to_string(static_cast<int>(*limit));
  if (const auto mig = setup.nvml->mig()) f.identity["gpu_mig"] = *mig ? "on" : "off";
  f.state["driver"] = setup.nvml->driver_version();
  f.info["gpu_vbios"] = setup.nvml->vbios_version();
}

void add_state(Environment& f) {
  utsname system{};
  uname(&system);
  f.state["kernel"] = system.release;
  f.state["governor"] = first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  f.state["smt"] = first_line("/sys/devices/system/cpu/smt/control");
  f.state["compiler"] = kCompiler;
  f.state["flags"] = kCompilerFlags;
  f.info["host"] = system.nodename;
  f.info["mhz"] = std::to_string(static_cast<int>(benchmark::CPUInfo::Get().cycles_per_second * 1e-6));
  f.info["commit"] = kCommit;
  f.info["version"] = kVersion;
}

void add_settings(const Options& options, Environment& f) {
  f.settings = {{"matrix", std::string(options.matrix->name)},
                {"process_seconds", fmt::format("{:g}", options.seconds())},
                {"seed", std::to_string(options.seed)},
                {"filter", options.filter}};
}

}  // namespace

KeyValues cpu_identity(const std::string& cpuinfo) {
  KeyValues identity;
#if defined(__x86_64__)
  identity["cpu_architecture"] = "x86_64";
#elif defined(__aarch64__)
  identity["cpu_architecture"] = "aarch64";
#else
  identity["cpu_architecture"] = "other";
#endif
  const KeyValues fields = cpuinfo_fields(cpuinfo);
  const auto copy = [&](const char* to, std::initializer_list<const char*> from) {
    for (const char* name : from)
      if (const auto field = fields.find(name); field != fields.end()) identity.emplace(to, field->second);
  };
  copy("cpu_vendor", {"vendor_id", "CPU implementer"});
  copy("cpu_family", {"cpu family", "CPU architecture"});
  copy("cpu_model", {"model", "CPU part"});
  copy("cpu_stepping", {"stepping", "CPU revision"});
  for (const char* name : {"flags", "Features"})
    if (const auto flags = fields.find(name); flags != fields.end())
      identity["cpu_isa_hash"] = instruction_set_hash(flags->second);
  return identity;
}

Environment describe_environment(const Setup& setup) {
  Environment f;
  const std::string boot = first_line("/proc/sys/kernel/random/boot_id");
  f.round = fmt::format("{}-{}", hash_text(hash_bytes(boot)), std::time(nullptr) / 3600);
  if (setup.cpu_cases) add_cpu(setup, f);
  if (setup.gpu) add_gpu(setup, f);
  add_state(f);
  add_settings(setup.options, f);
  return f;
}

}  // namespace warpgauge::bench
