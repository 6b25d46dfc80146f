// The findings of the emulator and their reports.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "kernels/simt/site.h"

namespace warpgauge::simt::emulator {

enum class FindingKind {
  race,              // two unordered accesses of the same memory, at least one a write
  uninitialised,     // a read of shared memory that has not been written, and whose value matters
  out_of_bounds,     // an access outside all shared arrays and the launch's global memory
  misaligned,        // a vector access, matrix row or asynchronous copy with a misaligned address
  copy_in_flight,    // an access of memory that an asynchronous copy is writing, or an exit before its wait
  divergence,        // lanes or warps at different collectives
  barrier_mismatch,  // threads with different arguments for one barrier, or too many arrivals
  deadlock,          // every thread waits
  misuse,            // arguments or a state that the primitive does not allow

  missing_proxy_fence,     // an async access of memory that a thread wrote, without a proxy fence between
  missing_register_fence,  // a wgmma on registers written since the last wgmma_fence
  register_in_flight,      // an access of wgmma registers before the wait, or an exit without the wait
};

const char* finding_name(FindingKind kind);  // "data race", ...

// "kernels/cuda/flash_mma.cu:142". The line of a plain access is looked up in the program's debug
// information.
std::string describe(Site site);

// The first finding ends the launch. what() is the report: kind, kernel, block, thread, source lines, and the
// schedule seed that reproduces it.
class DeviceError : public std::runtime_error {
 public:
  DeviceError(FindingKind kind, const std::string& report) : std::runtime_error(report), kind_(kind) {}
  FindingKind kind() const { return kind_; }

 private:
  FindingKind kind_;
};

}  // namespace warpgauge::simt::emulator
