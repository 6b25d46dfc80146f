#include "bench/cpu_arithmetic.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace warpgauge::bench {
namespace {

// Sixteen independent chains hide the latency of the multiply-add units. The asm statements hide from the
// compiler that the chains are equal and that the sums are not used.
template <class Vector>
[[gnu::always_inline]] inline double multiply_add(std::int64_t steps) {
  constexpr int kChains = 16;
  Vector sums[kChains] = {};
  __asm__ volatile("" : "+m"(sums));
  // The sums converge to 1: no denormals, which would be slow.
  const Vector factor = Vector{} + 0.999f, term = Vector{} + 1e-3f;
  for (std::int64_t step = 0; step < steps; ++step)
    for (Vector& sum : sums) sum = sum * factor + term;
  __asm__ volatile("" : : "m"(sums));
  return 2.0 * kChains * static_cast<double>(steps) * (sizeof(Vector) / sizeof(float));
}

typedef float Vector16 __attribute__((vector_size(16)));

bool always() {
  return true;
}

#if defined(__x86_64__)
typedef float Vector32 __attribute__((vector_size(32)));
typedef float Vector64 __attribute__((vector_size(64)));

__attribute__((target("avx2,fma"))) double fma_avx2(std::int64_t steps) {
  return multiply_add<Vector32>(steps);
}
__attribute__((target("avx512f,fma"))) double fma_avx512(std::int64_t steps) {
  return multiply_add<Vector64>(steps);
}
bool has_avx2() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
bool has_avx512() {
  return __builtin_cpu_supports("avx512f");
}

// A bit of CPUID leaf 7 (Intel SDM volume 2A, CPUID).
enum class Register { eax, edx };
bool has_feature(unsigned subleaf, Register where, int bit) {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (!__get_cpuid_count(7, subleaf, &eax, &ebx, &ecx, &edx)) return false;
  return ((where == Register::eax ? eax : edx) >> bit & 1) != 0;
}

// The rest of this file is assembly by mnemonic or by bytes: it must build with compilers that do not know
// these instructions. Twelve accumulators hide the latency.
#define WARPGAUGE_TWELVE(instruction)                                                                 \
  instruction " %%zmm13, %%zmm12, %%zmm0\n\t" instruction " %%zmm13, %%zmm12, %%zmm1\n\t" instruction \
              " %%zmm13, %%zmm12, %%zmm2\n\t" instruction " %%zmm13, %%zmm12, %%zmm3\n\t" instruction \
              " %%zmm13, %%zmm12, %%zmm4\n\t" instruction " %%zmm13, %%zmm12, %%zmm5\n\t" instruction \
              " %%zmm13, %%zmm12, %%zmm6\n\t" instruction " %%zmm13, %%zmm12, %%zmm7\n\t" instruction \
              " %%zmm13, %%zmm12, %%zmm8\n\t" instruction " %%zmm13, %%zmm12, %%zmm9\n\t" instruction \
              " %%zmm13, %%zmm12, %%zmm10\n\t" instruction " %%zmm13, %%zmm12, %%zmm11\n\t"
#define WARPGAUGE_ZMM_LOOP(instruction, steps)                                                         \
  __asm__ volatile("vzeroall\n\t1:\n\t" WARPGAUGE_TWELVE(instruction) "dec %0\n\tjnz 1b\n\tvzeroupper" \
                   : "+r"(steps)                                                                       \
                   :                                                                                   \
                   : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",   \
                     "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "cc")

// AVX512-BF16, vdpbf16ps: 16 sums of two products each.
double dot_bf16(std::int64_t steps) {
  const double flops = 12.0 * 64 * static_cast<double>(steps);
  WARPGAUGE_ZMM_LOOP("vdpbf16ps", steps);
  return flops;
}
bool has_avx512_bf16() {
  return has_avx512() && has_feature(1, Register::eax, 5);
}

// AVX512-FP16, vfmadd231ph: 32 multiply-adds.
double fma_f16(std::int64_t steps) {
  const double flops = 12.0 * 64 * static_cast<double>(steps);
  WARPGAUGE_ZMM_LOOP("vfmadd231ph", steps);
  return flops;
}
bool has_avx512_fp16() {
  return has_avx512() && has_feature(0, Register::edx, 23);
}
#undef WARPGAUGE_ZMM_LOOP
#undef WARPGAUGE_TWELVE

// Tiles of 16 rows of 64 bytes (Intel SDM volume 1, chapter 18).
struct alignas(64) TileConfiguration {
  std::uint8_t palette = 1, start_row = 0, reserved[14] = {};
  std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
static_assert(sizeof(TileConfiguration) == 64);

// The products of tmm6 and tmm7, added to tmm0..tmm5. `prefix` is the byte of the VEX prefix that selects the
// type: TDPBF16PS is VEX.128.F3.0F38.W0 5C /r, TDPFP16PS the same with F2.
#define WARPGAUGE_SIX_TILES(prefix)                                                            \
  ".byte 0xc4,0xe2," prefix ",0x5c,0xc6,0xc4,0xe2," prefix ",0x5c,0xce,0xc4,0xe2," prefix      \
  ",0x5c,0xd6,0xc4,0xe2," prefix ",0x5c,0xde,0xc4,0xe2," prefix ",0x5c,0xe6,0xc4,0xe2," prefix \
  ",0x5c,0xee\n\t"
#define WARPGAUGE_TILE_LOOP(prefix, steps)                                           \
  const TileConfiguration configuration;                                             \
  const double flops = 6.0 * 2 * 16 * 16 * 32 * static_cast<double>(steps);          \
  __asm__ volatile(                                                                  \
      "ldtilecfg %1\n\t"                                                             \
      "tilezero %%tmm0\n\ttilezero %%tmm1\n\ttilezero %%tmm2\n\ttilezero %%tmm3\n\t" \
      "tilezero %%tmm4\n\ttilezero %%tmm5\n\ttilezero %%tmm6\n\ttilezero %%tmm7\n\t" \
      "1:\n\t" WARPGAUGE_SIX_TILES(prefix) "dec %0\n\tjnz 1b\n\ttilerelease"         \
      : "+r"(steps)                                                                  \
      : "m"(configuration)                                                           \
      : "cc");                                                                       \
  return flops

double tiles_bf16(std::int64_t steps) {
  WARPGAUGE_TILE_LOOP("0x42", steps);
}
double tiles_f16(std::int64_t steps) {
  WARPGAUGE_TILE_LOOP("0x43", steps);
}
#undef WARPGAUGE_TILE_LOOP
#undef WARPGAUGE_SIX_TILES

// Linux enables tiles when a process asks for them (Documentation/arch/x86/xstate.rst).
bool may_use_tiles() {
  constexpr long kRequestPermission = 0x1023, kTileData = 18;
  return has_feature(0, Register::edx, 24) && syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}
bool has_amx_bf16() {
  return has_feature(0, Register::edx, 22) && may_use_tiles();
}
bool has_amx_fp16() {
  return has_feature(1, Register::eax, 21) && may_use_tiles();
}
#endif

constexpr CpuArithmetic kAll[] = {
    {"f32, 128-bit vectors", true, true, true, always, multiply_add<Vector16>},
#if defined(__x86_64__)
    {"f32, AVX2 and FMA", true, true, true, has_avx2, fma_avx2},
    {"f32, AVX-512", true, true, true, has_avx512, fma_avx512},
    // f16 can be split into bf16 parts; and bf16 products are exact in the sums of both.
    {"bf16, AVX512-BF16", false, true, true, has_avx512_bf16, dot_bf16},
    {"f16, AVX512-FP16", false, true, true, has_avx512_fp16, fma_f16},
    {"bf16, AMX", false, true, true, has_amx_bf16, tiles_bf16},
    {"f16, AMX", false, true, true, has_amx_fp16, tiles_f16},
#endif
};

}  // namespace

std::span<const CpuArithmetic> all_cpu_arithmetic() {
  return kAll;
}

}  // namespace warpgauge::bench
