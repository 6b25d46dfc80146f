// Compares primitives in the emulator with a GPU, one after the other. Prints each name before it runs, so
// that the output names a primitive that crashes the process.
#pragma once

#include <filesystem>
#include <ostream>
#include <span>
#include <string>

#include "kernels/simt/conformance/primitive.h"

namespace warpgauge::simt::conformance {

struct ComparisonOptions {
  std::uint32_t seeds = 64;             // sets of random operands per primitive
  std::string gpu;                      // gpu_name()
  std::filesystem::path record_folder;  // where vectors are written; empty: nowhere
  bool (*gpu_is_lost)() = nullptr;      // called after an exception: is the GPU unusable in this process?
};

struct ComparisonCounts {
  int compared = 0;
  int failed = 0;  // of those compared: mismatch or exception
  int not_applicable = 0;
  bool gpu_lost = false;  // later primitives were not compared
};

// `on_gpu` and `emulated` are the same primitives in the same order. Writes a line for each to `out`. An
// exception counts as a failure of the primitive. Stops if the GPU is lost.
ComparisonCounts compare_with_gpu(std::span<const Primitive> on_gpu, std::span<const Primitive> emulated,
                                  const ComparisonOptions& options, std::ostream& out);

}  // namespace warpgauge::simt::conformance
