// The state of a GPU while it is measured: clocks, temperature, power, reasons for lower clocks. NVML is
// opened at run time, with declarations of our own: neither its header nor its library need be there to build
// or to run.
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
  unsigned long long throttle_reasons =
      0;  // NVML's bits: 0x4 software power cap, 0x20 software thermal, 0x8 hardware...
};

class Nvml {
 public:
  // Of the GPU, or the MIG instance, with this UUID (no prefix). Null when the library, the device or one of
  // its functions is missing.
  static std::unique_ptr<Nvml> open(const std::string& uuid, const char* library = "libnvidia-ml.so.1");
  ~Nvml();

  std::optional<GpuState> state() const;
  std::optional<double> power_limit_w() const;
  std::optional<bool> mig() const;  // multi-instance mode
  std::string driver_version() const;
  std::string vbios_version() const;

 private:
  struct Functions;
  Nvml(void* library, std::unique_ptr<Functions> functions, void* device);

  void* library_;
  std::unique_ptr<Functions> functions_;
  void* device_;
};

// Reads the state every 50 ms, from a thread of its own, between construction and finish().
class NvmlMonitor {
 public:
  explicit NvmlMonitor(std::shared_ptr<const Nvml> nvml);
  ~NvmlMonitor();

  // Ends the thread. Keys with what was seen: before, after, lowest and highest. Empty when nothing could be
  // read.
  std::map<std::string, std::string> finish();

 private:
  void read();

  std::shared_ptr<const Nvml> nvml_;
  std::vector<GpuState> states_;
  std::atomic<bool> done_{false};
  std::thread thread_;
};

// The summary of NvmlMonitor::finish, of at least one state.
std::map<std::string, std::string> summarize_states(const std::vector<GpuState>& states);

}  // namespace warpgauge::bench
