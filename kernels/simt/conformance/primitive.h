// A primitive of kernels/simt, as conformance sees it: words in, words out, for each thread of a grid. The
// same source runs it on a GPU and in the emulator, and the results must agree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "kernels/simt/ids.h"

namespace warpgauge::simt::conformance {

using Words = std::vector<std::uint32_t>;

// Where operands are drawn from; the same numbers for the same seed on every platform.
class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}
  std::uint32_t bits() { return static_cast<std::uint32_t>(engine_()); }
  std::uint32_t below(std::uint32_t count) { return bits() % count; }
  // sign 1.fraction 2^exponent, exponent uniform in low..high, as a float's bits.
  std::uint32_t float_bits(int low, int high) {
    const auto exponent =
        static_cast<std::uint32_t>(low + 127) + below(static_cast<std::uint32_t>(high - low + 1));
    return (bits() & 0x807fffffu) | exponent << 23;
  }

 private:
  std::mt19937 engine_;
};

// How far two machines may differ in a word of a result. NaNs of any sign and payload are one, except in
// `bits`.
struct Tolerance {
  enum Kind { bits, f32, f16_pair, bf16_pair } kind = bits;
  double absolute = 0;  // of f32
  int ulps = 0;         // of f32; subnormals count as the smallest normal's neighbour
};

// What is said once about a primitive, beside the struct that runs it.
struct Facts {
  const char* name;         // of the file of vectors
  const char* instruction;  // PTX
  int words_in = 1;         // of a thread
  int words_out = 1;        // of a thread
  Tolerance tolerance = {};
  int threads = 32;
  Dim3 blocks = {};
  std::size_t shared_bytes = 4096;  // of a block
  bool hopper = false;              // of sm_90a
};

struct Primitive {
  Facts facts;
  std::string (*unavailable)();       // empty where this machine has it, otherwise the reason why not
  Words (*draw)(std::uint32_t seed);  // operands of the whole grid: [blocks, threads, words_in]
  Words (*run)(const Words& operands, std::uint64_t schedule_seed);  // [blocks, threads, words_out]
};

// Every primitive, to be run on the machine of the name; the same ones in the same order.
std::vector<Primitive> emulated_primitives();
std::vector<Primitive> gpu_primitives();

// "NVIDIA H200, compute capability 9.0, CUDA driver 12.8". Throws std::runtime_error where there is no GPU.
std::string gpu_name();

// Empty where both results agree; otherwise the first place where they do not.
std::string mismatch(const Facts& facts, const Words& expected, const Words& found);

}  // namespace warpgauge::simt::conformance
