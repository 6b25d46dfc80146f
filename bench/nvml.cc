#include "bench/nvml.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace warpgauge::bench {
namespace {

constexpr int kSuccess = 0;
constexpr int kClockSm = 1, kClockMemory = 2;  // nvmlClockType_t
constexpr int kTemperatureGpu = 0;             // nvmlTemperatureSensors_t
constexpr unsigned kTextBytes = 96;

template <class Function>
bool load(void* library, const char* name, Function*& function) {
  function = reinterpret_cast<Function*>(dlsym(library, name));
  return function != nullptr;
}

}  // namespace

// Signatures as in NVIDIA's NVML API reference. A device handle is an opaque pointer.
struct Nvml::Functions {
  int (*init)();
  int (*shutdown)();
  int (*device_by_uuid)(const char*, void**);
  int (*clock)(void*, int, unsigned*);
  int (*temperature)(void*, int, unsigned*);
  int (*power_usage)(void*, unsigned*);
  int (*power_limit)(void*, unsigned*);
  int (*throttle_reasons)(void*, unsigned long long*);
  int (*mig_mode)(void*, unsigned*, unsigned*);
  int (*driver_version)(char*, unsigned);
  int (*vbios_version)(void*, char*, unsigned);

  bool load_from(void* library) {
    return load(library, "nvmlInit_v2", init) && load(library, "nvmlShutdown", shutdown) &&
           load(library, "nvmlDeviceGetHandleByUUID", device_by_uuid) &&
           load(library, "nvmlDeviceGetClockInfo", clock) &&
           load(library, "nvmlDeviceGetTemperature", temperature) &&
           load(library, "nvmlDeviceGetPowerUsage", power_usage) &&
           load(library, "nvmlDeviceGetPowerManagementLimit", power_limit) &&
           load(library, "nvmlDeviceGetCurrentClocksThrottleReasons", throttle_reasons) &&
           load(library, "nvmlDeviceGetMigMode", mig_mode) &&
           load(library, "nvmlSystemGetDriverVersion", driver_version) &&
           load(library, "nvmlDeviceGetVbiosVersion", vbios_version);
  }
};

std::unique_ptr<Nvml> Nvml::open(const std::string& uuid, const char* library_name) {
  void* library = dlopen(library_name, RTLD_NOW | RTLD_LOCAL);
  if (!library) return nullptr;
  auto functions = std::make_unique<Functions>();
  if (!functions->load_from(library) || functions->init() != kSuccess) {
    dlclose(library);
    return nullptr;
  }
  void* device = nullptr;
  const auto finds = [&](const char* kind) {
    return functions->device_by_uuid((kind + uuid).c_str(), &device) == kSuccess;
  };
  if (!finds("GPU-") && !finds("MIG-")) {
    functions->shutdown();
    dlclose(library);
    return nullptr;
  }
  return std::unique_ptr<Nvml>(new Nvml(library, std::move(functions), device));
}

Nvml::Nvml(void* library, std::unique_ptr<Functions> functions, void* device)
    : library_(library), functions_(std::move(functions)), device_(device) {}

Nvml::~Nvml() {
  functions_->shutdown();
  dlclose(library_);
}

std::optional<GpuState> Nvml::state() const {
  GpuState state;
  unsigned milliwatts = 0;
  const bool read = functions_->clock(device_, kClockSm, &state.sm_clock_mhz) == kSuccess &&
                    functions_->clock(device_, kClockMemory, &state.memory_clock_mhz) == kSuccess &&
                    functions_->temperature(device_, kTemperatureGpu, &state.temperature_c) == kSuccess &&
                    functions_->power_usage(device_, &milliwatts) == kSuccess &&
                    functions_->throttle_reasons(device_, &state.throttle_reasons) == kSuccess;
  if (!read) return std::nullopt;
  state.power_w = milliwatts * 1e-3;
  return state;
}

std::optional<double> Nvml::power_limit_w() const {
  unsigned milliwatts = 0;
  if (functions_->power_limit(device_, &milliwatts) != kSuccess) return std::nullopt;
  return milliwatts * 1e-3;
}

std::optional<bool> Nvml::mig() const {
  unsigned current = 0, pending = 0;
  if (functions_->mig_mode(device_, &current, &pending) != kSuccess) return std::nullopt;
  return current != 0;
}

std::string Nvml::driver_version() const {
  char text[kTextBytes] = "";
  return functions_->driver_version(text, kTextBytes) == kSuccess ? text : "unknown";
}

std::string Nvml::vbios_version() const {
  char text[kTextBytes] = "";
  return functions_->vbios_version(device_, text, kTextBytes) == kSuccess ? text : "unknown";
}

NvmlMonitor::NvmlMonitor(std::shared_ptr<const Nvml> nvml) : nvml_(std::move(nvml)) {
  if (!nvml_) return;
  read();
  thread_ = std::thread([this] {
    do {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      read();
    } while (!done_);
  });
}

NvmlMonitor::~NvmlMonitor() {
  finish();
}

void NvmlMonitor::read() {
  if (const auto state = nvml_->state()) states_.push_back(*state);
}

std::map<std::string, std::string> NvmlMonitor::finish() {
  done_ = true;
  if (thread_.joinable()) thread_.join();  // its last reading is the final state
  return states_.empty() ? std::map<std::string, std::string>{} : summarize_states(states_);
}

std::map<std::string, std::string> summarize_states(const std::vector<GpuState>& states) {
  std::map<std::string, std::string> summary;
  const auto put = [&](const std::string& key, auto field) {
    const auto [lowest, highest] = std::ranges::minmax(states, {}, field);
    const auto number = [field](const GpuState& state) { return static_cast<double>(state.*field); };
    summary[key] =
        fmt::format("before {:.0f}, lowest {:.0f}, highest {:.0f}, after {:.0f}", number(states.front()),
                    number(lowest), number(highest), number(states.back()));
  };
  put("gpu_sm_clock_mhz", &GpuState::sm_clock_mhz);
  put("gpu_memory_clock_mhz", &GpuState::memory_clock_mhz);
  put("gpu_temperature_c", &GpuState::temperature_c);
  put("gpu_power_w", &GpuState::power_w);
  unsigned long long reasons = 0;
  for (const GpuState& state : states) reasons |= state.throttle_reasons;
  summary["gpu_throttle_reasons"] = fmt::format("{:#x}", reasons);
  return summary;
}

}  // namespace warpgauge::bench
