// What the CUDA runtime says about the device that is measured. gpu_absent.cc stands in for the CUDA parts of
// this folder where the project is built without the toolkit.
#pragma once

#include <cstdint>
#include <string>

#include "kernels/backend.h"

namespace warpgauge::bench {

struct GpuInfo {
  std::string name;
  std::string uuid;  // "xxxxxxxx-xxxx-..."; of the instance, where the GPU is partitioned (MIG)
  int sm_count = 0;
  std::int64_t memory_bytes = 0;       // what the driver leaves of the board's, some megabytes by its version
  std::int64_t free_memory_bytes = 0;  // now
  std::string compute_capability;      // "9.0"
  bool ecc = false;
  std::string cuda_runtime, cuda_driver;  // versions, "13.0"
};

// Makes device `index` the one that everything runs on, which begins to cost time and memory there. Throws
// std::invalid_argument when there are others but not this one, std::runtime_error when it cannot be used.
void select_gpu(int index);

GpuInfo gpu_info();

// While it lives, a profiler that waits for it looks at the GPU (ncu --profile-from-start off): what is
// launched before and after, references and ceilings, stays out of its report. Without one it does nothing.
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
