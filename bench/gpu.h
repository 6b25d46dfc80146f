// What the CUDA runtime says about the device that is measured. gpu_absent.cc stands in for the CUDA parts of
// this folder where the project is built without the toolkit.
#pragma once

#include <cstdint>
#include <string>

namespace warpgauge::bench {

struct GpuInfo {
  std::string name;
  std::string uuid;  // "GPU-xxxxxxxx-..." or "MIG-...", as NVML knows it
  int sm_count = 0;
  std::int64_t memory_bytes = 0;
  std::string compute_capability;  // "9.0"
  bool ecc = false;
  std::string cuda_runtime, cuda_driver;  // versions, "13.0"
};

// Makes device `index` the one that everything runs on. Throws std::runtime_error when there is none.
void select_gpu(int index);

GpuInfo gpu_info();

}  // namespace warpgauge::bench
