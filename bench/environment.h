// The machine and the settings of a measurement: context.warpgauge of the JSON.
//
// identity: hardware; results with different identities are not compared. state: compare warns of
// differences. info: for reports only. settings: how it was measured. All values are text.
#pragma once

#include <map>
#include <string>

#include "bench/options.h"

namespace warpgauge::bench {

struct GpuInfo;
class Nvml;

using KeyValues = std::map<std::string, std::string>;

struct Environment {
  std::string round;  // the same for processes of one boot within an hour
  KeyValues identity, state, info, settings;
};

// What the environment depends on, besides the machine.
struct Setup {
  const Options& options;
  int threads;
  int cpus_allowed;
  bool cpu_cases;      // whether the CPU was measured; otherwise it is not part of the identity
  const GpuInfo* gpu;  // null if no GPU was measured
  const Nvml* nvml;    // null if NVML is missing
};

[[nodiscard]] Environment describe_environment(const Setup& setup);

// Identity of the CPU from the text of /proc/cpuinfo: architecture, vendor, family, model and stepping (ARM
// has other names for them), and a hash of the instruction-set flags. Flags that depend on the Linux version,
// such as mitigations, are excluded.
[[nodiscard]] KeyValues cpu_identity(const std::string& cpuinfo);

}  // namespace warpgauge::bench
