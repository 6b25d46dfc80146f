// What the emulator finds wrong with a kernel, and the text that says so.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "kernels/simt/site.h"

namespace warpgauge::simt::emulator {

enum class FindingKind {
  race,              // two accesses of shared memory, one a write, that nothing orders
  uninitialised,     // shared memory read before it was written
  out_of_bounds,     // outside of every shared array, or of the launch's global memory
  misaligned,        // a wide access, a matrix row or a copy off its alignment
  copy_in_flight,    // shared memory touched while an asynchronous copy writes it, or a thread's exit before
                     // its copy
  divergence,        // lanes of a warp, or threads of a block, at different collectives
  barrier_mismatch,  // participants disagree about a barrier
  deadlock,          // every thread waits
  misuse,            // a primitive against its rules

  missing_proxy_fence,     // an asynchronous access of what a thread wrote, no fence.proxy.async between them
  missing_register_fence,  // a wgmma on registers written since the last wgmma_fence
  register_in_flight,  // a register of a wgmma touched before the wait for it, or an exit without the wait
};

const char* finding_name(FindingKind kind);  // "data race", ...

// "kernels/cuda/flash_mma.cu:142"; the code of a plain access is looked up in the program's line tables.
std::string describe(Site site);

// One finding ends its launch. `what()` is the whole report: kind, kernel, block, thread, source lines, and
// the seed with which the launch runs the same way again.
class DeviceError : public std::runtime_error {
 public:
  DeviceError(FindingKind kind, const std::string& report) : std::runtime_error(report), kind_(kind) {}
  FindingKind kind() const { return kind_; }

 private:
  FindingKind kind_;
};

}  // namespace warpgauge::simt::emulator
