// The state of a GPU while it is measured: clocks, temperature, power, throttle reasons. NVML is loaded at
// run time, and this file declares its functions: neither its header nor its library is required.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace warpgauge::bench {

struct GpuState {
  unsigned sm_clock_mhz = 0;
  unsigned memory_clock_mhz = 0;
  unsigned temperature_c = 0;
  double power_w = 0;
  // NVML's bits: 0x4 software power cap, 0x20 software thermal slowdown, 0x8 hardware slowdown, ...
  unsigned long long throttle_reasons = 0;
};

class Nvml {
 public:
  // Opens the GPU or MIG instance with this UUID (without its prefix). Null if the library, one of its
  // functions or the device is missing.
  [[nodiscard]] static std::unique_ptr<Nvml> open(const std::string& uuid,
                                                  const char* library = "libnvidia-ml.so.1");
  ~Nvml();

  [[nodiscard]] std::optional<GpuState> state() const;
  [[nodiscard]] std::optional<double> power_limit_w() const;
  [[nodiscard]] std::optional<bool> mig() const;  // multi-instance mode
  [[nodiscard]] std::string driver_version() const;
  [[nodiscard]] std::string vbios_version() const;

 private:
  struct Functions;
  Nvml(void* library, std::unique_ptr<Functions> functions, void* device);

  void* library_;
  std::unique_ptr<Functions> functions_;
  void* device_;
};

// Reads the state every 50 ms on a thread of its own, from construction to finish().
class NvmlMonitor {
 public:
  explicit NvmlMonitor(std::shared_ptr<const Nvml> nvml);
  ~NvmlMonitor();

  // Ends the thread. Each value has the first, lowest, highest and last reading. Empty if there were none.
  std::map<std::string, std::string> finish();

 private:
  void read();

  std::shared_ptr<const Nvml> nvml_;
  std::vector<GpuState> states_;
  std::atomic<bool> done_{false};
  std::thread thread_;
};

// The summary of NvmlMonitor::finish. Needs at least one state.
[[nodiscard]] std::map<std::string, std::string> summarize_states(const std::vector<GpuState>& states);

}  // namespace warpgauge::bench
