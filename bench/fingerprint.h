// What a result was measured on and with: context.warpgauge of the JSON.
//
// identity: a mismatch forbids comparing. state: a mismatch warns. info: reported. settings: how it was
// measured. All values are texts.
#pragma once

#include <map>
#include <string>

#include "bench/options.h"

namespace warpgauge::bench {

struct GpuInfo;
class Nvml;

using KeyValues = std::map<std::string, std::string>;

struct Fingerprint {
  std::string round;  // processes of one boot within an hour share it
  KeyValues identity, state, info, settings;
};

// What the fingerprint depends on beside the machine.
struct Setup {
  const Options& options;
  int threads;
  int cpus_allowed;
  bool cpu_cases;      // whether the CPU was measured; what was not is no part of the identity
  const GpuInfo* gpu;  // null where no GPU was measured
  const Nvml* nvml;    // null where there is none
};

Fingerprint take_fingerprint(const Setup& setup);

// Identity of the CPU from the text of /proc/cpuinfo: architecture, vendor, family, model and stepping (or
// their names on ARM), and a hash of the instruction-set flags. Flags that a kernel makes up (mitigations,
// accounting) are left out.
KeyValues cpu_identity(const std::string& cpuinfo);

}  // namespace warpgauge::bench
