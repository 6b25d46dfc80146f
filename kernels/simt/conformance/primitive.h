// A primitive of kernels/simt under test: each thread of a grid maps 32-bit words to 32-bit words. The same
// source runs on a GPU and in the emulator, and the results must match.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "kernels/simt/ids.h"

namespace warpgauge::simt::conformance {

using Words = std::vector<std::uint32_t>;

// Random operands, the same on every platform for a given seed.
class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}
  std::uint32_t bits() { return static_cast<std::uint32_t>(engine_()); }
  std::uint32_t below(std::uint32_t count) { return bits() % count; }
  // The bits of a float +-1.fraction 2^exponent with a uniform exponent in low..high.
  std::uint32_t float_bits(int low, int high) {
    const auto exponent =
        static_cast<std::uint32_t>(low + 127) + below(static_cast<std::uint32_t>(high - low + 1));
    return (bits() & 0x807fffffu) | exponent << 23;
  }

 private:
  std::mt19937 engine_;
};

// The permitted difference of a result word. NaNs of any sign and payload are equal, except for kind `bits`.
struct Tolerance {
  enum Kind { bits, f32, f16_pair, bf16_pair } kind = bits;
  double absolute = 0;  // f32 only
  int ulps = 0;         // f32 only; subnormals count as zero
};

// The constants of a primitive.
struct Facts {
  const char* name;         // also of its vector file
  const char* instruction;  // PTX
  int words_in = 1;         // per thread
  int words_out = 1;        // per thread
  Tolerance tolerance = {};
  int threads = kWarpSize;  // per block
  Dim3 blocks = {};
  std::size_t shared_bytes = 4096;  // per block
  bool hopper = false;              // requires sm_90a
};

struct Primitive {
  Facts facts;
  std::string (*unavailable)();                  // empty if the device supports it; otherwise the reason
  Words (*random_operands)(std::uint32_t seed);  // [blocks, threads, words_in]
  Words (*run)(const Words& operands, std::uint64_t schedule_seed);  // [blocks, threads, words_out]
};

// All primitives for each target, in the same order. gpu_primitives() is empty without the CUDA toolkit.
std::vector<Primitive> emulated_primitives();
std::vector<Primitive> gpu_primitives();

// "NVIDIA H200, compute capability 9.0, CUDA driver 12.8". Throws std::runtime_error if there is no GPU.
std::string gpu_name();

// Empty if the results match; otherwise the first word that differs.
std::string mismatch(const Facts& facts, const Words& expected, const Words& found);

}  // namespace warpgauge::simt::conformance
