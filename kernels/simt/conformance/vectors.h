// Vectors: operands of a primitive and the results that are right, as a file that every machine can replay.
//
//   {"primitive": "shuffle_xor", "instruction": "shfl.sync.bfly.b32",
//    "source": "NVIDIA H200, compute capability 9.0, CUDA driver 12.8" or "PTX ISA section ...",
//    "vectors": [{"in": ["0000002a 00000003", ...], "out": ["0000002d", ...]}, ...]}
//
// with one string of words a thread.
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

// Throws std::runtime_error, which names the file, when it cannot be read or written, or is not as above.
VectorFile read_vectors(const std::filesystem::path& file);
void write_vectors(const std::filesystem::path& file, const Facts& facts, const VectorFile& vectors);

// What the emulator makes of each vector, in several orders of threads and timings of copies: empty where it
// agrees with all, otherwise the first that it does not. Throws when the emulator does not know the
// primitive, or the vectors' sizes are not its own.
std::string replay(const VectorFile& file);

}  // namespace warpgauge::simt::conformance
