// The device that is measured, from the CUDA runtime. gpu_absent.cc replaces the folder cuda/ in a build
// without the CUDA toolkit.
#pragma once

#include <cstdint>
#include <string>

#include "kernels/backend.h"

namespace warpgauge::bench {

struct GpuInfo {
  std::string name;
  std::string uuid;  // "xxxxxxxx-xxxx-..."; of the instance if the GPU is partitioned (MIG)
  int sm_count = 0;
  std::int64_t memory_bytes = 0;       // without what the driver reserves, which depends on its version
  std::int64_t free_memory_bytes = 0;  // now
  std::string compute_capability;      // "9.0"
  bool ecc = false;
  std::string cuda_runtime, cuda_driver;  // versions, "13.0"
};

// Selects device `index` for everything that follows. This creates a context, which takes time and memory
// there. Throws UsageError if there are devices but not this one, std::runtime_error if it cannot
// be used.
void select_gpu(int index);

[[nodiscard]] GpuInfo gpu_info();

// While an object exists, a profiler records the GPU (ncu --profile-from-start off). Launches before and
// after, such as references and ceilings, are not in its report. Without a profiler it has no effect.
class ProfilerRange {
 public:
  explicit ProfilerRange(Backend backend);
  ~ProfilerRange();
  ProfilerRange(const ProfilerRange&) = delete;
  ProfilerRange& operator=(const ProfilerRange&) = delete;

 private:
  bool active_;
};

}  // namespace warpgauge::bench
