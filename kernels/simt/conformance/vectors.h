// Files of test vectors: operands of a primitive and their expected results. The emulator is compared with
// them on machines without a GPU.
//
//   {"primitive": "shuffle_xor", "instruction": "shfl.sync.bfly.b32",
//    "source": "NVIDIA H200, compute capability 9.0, CUDA driver 12.8" or "PTX ISA section ...",
//    "vectors": [{"in": ["0000002a 00000003", ...], "out": ["0000002d", ...]}, ...]}
//
// "in" and "out" have one string per thread, of 32-bit words in hexadecimal.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "kernels/simt/conformance/primitive.h"

namespace warpgauge::simt::conformance {

struct Vector {
  Words in;   // [threads of the grid, words_in]
  Words out;  // [threads of the grid, words_out]
};

struct VectorFile {
  std::string primitive;
  std::string instruction;
  std::string source;
  std::vector<Vector> vectors;
};

// Throw std::runtime_error with the file's name if it cannot be read or written, or is not in this format.
VectorFile read_vectors(const std::filesystem::path& file);
void write_vectors(const std::filesystem::path& file, const Facts& facts, const VectorFile& vectors);

// Runs the vectors in the emulator under several schedules. Empty if all results match; otherwise the first
// mismatch. Throws std::runtime_error if the primitive is unknown or a vector has the wrong size.
std::string check_vectors(const VectorFile& file);

}  // namespace warpgauge::simt::conformance
