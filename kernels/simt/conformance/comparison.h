// Holds primitives, as the emulator runs them, against a GPU, one after the other. Each is named before it
// runs, so that whatever ends the process has a name.
#pragma once

#include <filesystem>
#include <ostream>
#include <span>
#include <string>

#include "kernels/simt/conformance/primitive.h"

namespace warpgauge::simt::conformance {

struct Comparison {
  std::uint32_t seeds = 64;         // random operands for each primitive
  std::string gpu;                  // its gpu_name()
  std::filesystem::path recorded;   // the folder of vectors that are written; empty: none are
  bool (*gpu_is_lost)() = nullptr;  // asked after an exception: may this process use the GPU no more?
};

struct Tally {
  int held = 0;
  int wrong = 0;  // of those held: they disagree, or failed
  int not_applicable = 0;
  bool gpu_lost = false;  // what comes after was not held
};

// `on_gpu` and `emulated` are the same primitives in the same order. Writes a line for each to `out`. An
// exception is told as the primitive's failure; once the GPU is lost it is the last.
Tally compare_with_gpu(std::span<const Primitive> on_gpu, std::span<const Primitive> emulated,
                       const Comparison& comparison, std::ostream& out);

}  // namespace warpgauge::simt::conformance
