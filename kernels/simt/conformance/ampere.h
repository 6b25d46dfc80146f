// The primitives of sm_80, one struct each (run.h).
#pragma once

#include <bit>
#include <iterator>
#include <limits>

#include "kernels/simt/conformance/name.h"
#include "kernels/simt/conformance/run.h"

namespace warpgauge::simt::conformance {
namespace {

struct Indices {
  static constexpr Facts kFacts{.name = "indices",
                                .instruction = "mov %tid %ctaid %nctaid",
                                .words_out = 9,
                                .threads = 64,
                                .blocks = {1, 2, 3}};
  static std::uint32_t operand(Random&, int, int) { return 0; }
  SIMT_DEVICE static void run(const std::uint32_t*, std::uint32_t* out) {
    const Dim3 block = block_index(), grid = grid_size();
    const int values[] = {thread_index(), lane_index(), warp_index(), block.x, block.y,
                          block.z,        grid.x,       grid.y,       grid.z};
    SIMT_UNROLL
    for (int i = 0; i < 9; ++i) out[i] = static_cast<std::uint32_t>(values[i]);
  }
};

// Operands: a value, and the index (below kCount) of the thread whose value is read.
template <int kCount>
struct Exchange {
  static std::uint32_t operand(Random& random, int, int word) {
    return word == 0 ? random.bits() : random.below(kCount);
  }
};

// Uses two arrays. The size of the first is not a multiple of the second's alignment.
struct SyncThreads : Exchange<96> {
  static constexpr Facts kFacts{
      .name = "syncthreads", .instruction = "bar.sync 0", .words_in = 2, .words_out = 2, .threads = 96};
  SIMT_DEVICE static void run(const std::uint32_t* in, std::uint32_t* out) {
    SharedMemory shared;
    auto* const halves = shared.array<std::uint16_t>("halves", 97);
    auto* const words = shared.array<std::uint32_t>("words", 96);
    halves[thread_index()] = static_cast<std::uint16_t>(in[0]);
    words[thread_index()] = in[0];
    syncthreads();
    out[0] = words[in[1]];
    out[1] = halves[in[1]];
  }
};

// At barrier 1 the first warp arrives and the second waits; at barrier 2 the reverse.
struct NamedBarriers : Exchange<kWarpSize> {
  static constexpr int kThreads = 2 * kWarpSize;
  static constexpr Facts kFacts{
      .name = "named_barriers", .instruction = "bar.arrive, bar.sync", .words_in = 2, .threads = kThreads};
  SIMT_DEVICE static void run(const std::uint32_t* in, std::uint32_t* out) {
    auto* const words = SharedMemory().array<std::uint32_t>("words", kThreads);
    const auto other = kWarpSize * (1 - warp_index()) + static_cast<int>(in[1]);
    if (warp_index() == 0) {
      words[thread_index()] = in[0];
      barrier_arrive(1, kThreads);
      barrier_sync(2, kThreads);
      out[0] = words[other];
    } else {
      barrier_sync(1, kThreads);
      out[0] = words[other];
      words[thread_index()] = in[0];
      barrier_arrive(2, kThreads);
    }
  }
};

struct SyncWarp : Exchange<kWarpSize> {
  static constexpr Facts kFacts{.name = "syncwarp", .instruction = "bar.warp.sync", .words_in = 2};
  SIMT_DEVICE static void run(const std::uint32_t* in, std::uint32_t* out) {
    auto* const words = SharedMemory().array<std::uint32_t>("words", kWarpSize);
    words[thread_index()] = in[0];
    syncwarp();
    out[0] = words[in[1]];
  }
};

struct ShuffleXor : Exchange<kWarpSize> {
  static constexpr Facts kFacts{.name = "shuffle_xor", .instruction = "shfl.sync.bfly.b32", .words_in = 2};
  SIMT_DEVICE static void run(const std::uint32_t* in, std::uint32_t* out) {
    out[0] = shuffle_xor(in[0], static_cast<int>(in[1]));
  }
};

struct ShuffleIndex : Exchange<2 * kWarpSize> {  // the source lane is taken modulo kWarpSize
  static constexpr Facts kFacts{.name = "shuffle", .instruction = "shfl.sync.idx.b32", .words_in = 2};
  SIMT_DEVICE static void run(const std::uint32_t* in, std::uint32_t* out) {
    out[0] = shuffle(in[0], static_cast<int>(in[1]));
  }
};

struct ShuffleUp : Exchange<kWarpSize> {
  static constexpr Facts kFacts{.name = "shuffle_up", .instruction = "shfl.sync.up.b32", .words_in = 2};
  SIMT_DEVICE static void run(const std::uint32_t* in, std::uint32_t* out) {
    out[0] = shuffle_up(in[0], static_cast<int>(in[1]));
  }
};

struct ShuffleDown : Exchange<kWarpSize> {
  static constexpr Facts kFacts{.name = "shuffle_down", .instruction = "shfl.sync.down.b32", .words_in = 2};
  SIMT_DEVICE static void run(const std::uint32_t* in, std::uint32_t* out) {
    out[0] = shuffle_down(in[0], static_cast<int>(in[1]));
  }
};

// The second word is rarely 0, so that any() and all() return both results over the seeds.
struct Votes {
  static constexpr Facts kFacts{
      .name = "votes", .instruction = "vote.sync.ballot .any .all", .words_in = 2, .words_out = 3};
  static std::uint32_t operand(Random& random, int, int word) { return random.below(word == 0 ? 2 : 48); }
  SIMT_DEVICE static void run(const std::uint32_t* in, std::uint32_t* out) {
    out[0] = ballot(in[0] != 0);
    out[1] = any(in[1] == 0);
    out[2] = all(in[1] != 0);
  }
};

struct Reductions {
  static constexpr Facts kFacts{
      .name = "reductions", .instruction = "redux.sync.add .min .max .u32", .words_out = 3};
  static std::uint32_t operand(Random& random, int, int) { return random.bits(); }
  SIMT_DEVICE static void run(const std::uint32_t* in, std::uint32_t* out) {
    out[0] = reduce_add(in[0]);
    out[1] = reduce_min(in[0]);
    out[2] = reduce_max(in[0]);
  }
};

// Updates a word per thread and a word shared by all. Operands: the old value, and the value to add or
// compare.
struct Atomics {
  static constexpr Facts kFacts{
      .name = "atomics", .instruction = "atom.add .max .cas", .words_in = 2, .words_out = 10};
  static std::uint32_t operand(Random& random, int, int word) {
    return random.below(3) > 0 ? 7
           : word == 0         ? random.float_bits(-8, 8)
                               : random.bits() % 2 << 31 | 0x3fc00000u;
  }
  SIMT_DEVICE static void run(const std::uint32_t* in, std::uint32_t* out) {
    SharedMemory shared;
    auto* const own = shared.array<std::uint32_t>("own", kWarpSize) + thread_index();
    auto* const common = shared.array<std::uint32_t>("common", 1);
    if (thread_index() == 0) *common = 0;
    *own = in[0];
    out[0] = atomic_add(own, in[1]);
    out[1] = *own;
    *own = in[0];
    out[2] = atomic_max(own, in[1]);
    out[3] = *own;
    *own = in[0];
    atomic_max(reinterpret_cast<int*>(own), static_cast<int>(in[1]));
    out[4] = *own;
    *own = in[0];
    out[5] = atomic_compare_exchange(own, in[1], 42u);
    out[6] = *own;
    *own = in[0];
    atomic_add(reinterpret_cast<float*>(own), 1.5f);
    out[7] = *own;
    syncwarp();
    atomic_add(common, in[1]);
    syncwarp();
    out[8] = *common;
    out[9] = in[0];
    threadfence();
    atomic_add(out + 9, in[1]);  // in global memory
  }
};

// Two groups of copies. The first is read while the second is in flight. Operands: 16 bytes for each, and the
// number of source bytes of each.
struct CopyAsync16 {
  static constexpr Facts kFacts{
      .name = "copy_async_16", .instruction = "cp.async.cg.shared.global 16", .words_in = 12, .words_out = 8};
  static std::uint32_t operand(Random& random, int, int word) {
    return word < 8 ? random.bits() : random.below(17);
  }
  SIMT_DEVICE static void run(const std::uint32_t* in, std::uint32_t* out) {
    auto* const target = SharedMemory().array<std::uint32_t>("target", kWarpSize * 8) + thread_index() * 8;
    copy_async_16(target, in, static_cast<int>(in[8]));
    copy_async_commit();
    copy_async_16(target + 4, in + 4, static_cast<int>(in[9]));
    copy_async_commit();
    copy_async_wait<1>();
    for (int i = 0; i < 4; ++i) out[i] = target[i];
    copy_async_wait<0>();
    for (int i = 4; i < 8; ++i) out[i] = target[i];
  }
};

struct CopyAsync4 {
  static constexpr Facts kFacts{
      .name = "copy_async_4", .instruction = "cp.async.ca.shared.global 4", .words_in = 2};
  static std::uint32_t operand(Random& random, int, int word) {
    return word == 0 ? random.bits() : random.below(5);
  }
  SIMT_DEVICE static void run(const std::uint32_t* in, std::uint32_t* out) {
    auto* const target = SharedMemory().array<std::uint32_t>("target", kWarpSize) + thread_index();
    copy_async_4(target, in, static_cast<int>(in[1]));
    copy_async_commit();
    copy_async_wait<0>();
    out[0] = *target;
  }
};

// Loads 16 bytes from global memory, stores them as 16, and loads them as 8 and as 4.
struct WideWords {
  static constexpr Facts kFacts{
      .name = "wide_words", .instruction = "ld, st .v4 .v2 .u32", .words_in = 4, .words_out = 8};
  static std::uint32_t operand(Random& random, int, int) { return random.bits(); }
  SIMT_DEVICE static void run(const std::uint32_t* in, std::uint32_t* out) {
    auto* const words = SharedMemory().array<std::uint32_t>("words", kWarpSize * 4) + thread_index() * 4;
    store_words<4>(words, load_words<4>(in));
    store_words<2>(out, load_words<2>(words + 2));
    store_words<2>(out + 2, load_words<2>(words));
    for (int i = 0; i < 4; ++i) store_words<1>(out + 4 + i, load_words<1>(words + 3 - i));
  }
};

// Operands: a row of 16 bytes, and the lane whose row's address this lane passes.
template <bool kTransposed, int kCount>
struct LoadMatrices {
  static constexpr Name kName = Name() << "load_matrices_x" << kCount << (kTransposed ? "_trans" : "");
  static constexpr Facts kFacts{.name = kName.text(),
                                .instruction = "ldmatrix.sync.aligned.m8n8.shared.b16",
                                .words_in = 8,
                                .words_out = kCount};
  static std::uint32_t operand(Random& random, int, int word) {
    return word < 4 ? random.bits() : random.below(kWarpSize);
  }
  SIMT_DEVICE static void run(const std::uint32_t* in, std::uint32_t* out) {
    auto* const rows = SharedMemory().array<std::uint32_t>("rows", kWarpSize * 4);
    store_words<4>(rows + thread_index() * 4, load_words<4>(in));
    syncwarp();
    std::uint32_t registers[kCount];
    load_matrices<kTransposed>(registers, rows + in[4] * 4);
    for (int i = 0; i < kCount; ++i) out[i] = registers[i];
  }
};

// Operands: fragments of A (4 words), B (2) and C (4 floats).
template <class T>
struct Multiply {
  static constexpr const char* kInstruction = std::is_same_v<T, f16>
                                                  ? "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32"
                                                  : "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32";
  SIMT_DEVICE static void run(const std::uint32_t* in, std::uint32_t* out) {
    std::uint32_t a[1][4], b[1][2];
    float c[1][1][4];
    for (int i = 0; i < 4; ++i) a[0][i] = in[i];
    for (int i = 0; i < 2; ++i) b[0][i] = in[4 + i];
    memcpy(c[0][0], in + 6, sizeof c[0][0]);
    multiply_tile<T>(c, 0, a, b);
    memcpy(out, c[0][0], sizeof c[0][0]);
  }
  // Packs two elements of a fragment, each `value()` rounded to T.
  template <class Value>
  static std::uint32_t pair(Value value) {
    const auto low = T::encode(value());
    return low | std::uint32_t{T::encode(value())} << 16;
  }
};

// Integers from -8 to 8: every sum is exact in any order.
template <class T>
struct MultiplyWhole : Multiply<T> {
  static constexpr Facts kFacts{.name = std::is_same_v<T, f16> ? "multiply_f16_whole" : "multiply_bf16_whole",
                                .instruction = Multiply<T>::kInstruction,
                                .words_in = 10,
                                .words_out = 4,
                                .tolerance = {.kind = Tolerance::f32}};
  static std::uint32_t operand(Random& random, int, int word) {
    const auto value = [&random] { return static_cast<float>(static_cast<int>(random.below(17)) - 8); };
    return word < 6 ? Multiply<T>::pair(value) : std::bit_cast<std::uint32_t>(value());
  }
};

// Fractions: |a| and |b| below 2, |c| below 4, so no term exceeds 4. A tensor core aligns the 17 terms of a
// sum to the largest and may truncate each below 2^-23 of it. It also truncates or rounds the result (below
// 128) after each step of eight terms. Source: Fasi, Higham, Mikaitis and Pranesh, "Numerical behavior of
// NVIDIA tensor cores" (2021).
constexpr double kMultiplyError = 17 * 0x1p-23 * 4 + 2 * 0x1p-23 * 64;
template <class T>
struct MultiplyFractions : Multiply<T> {
  static constexpr Facts kFacts{
      .name = std::is_same_v<T, f16> ? "multiply_f16_fractions" : "multiply_bf16_fractions",
      .instruction = Multiply<T>::kInstruction,
      .words_in = 10,
      .words_out = 4,
      .tolerance = {.kind = Tolerance::f32, .absolute = kMultiplyError}};
  static std::uint32_t operand(Random& random, int, int word) {
    const auto value = [&random] {
      return static_cast<float>(static_cast<std::int32_t>(random.bits())) * 0x1p-30f;
    };
    return word < 6 ? Multiply<T>::pair(value) : std::bit_cast<std::uint32_t>(2 * value());
  }
};

// One special value in each of rows 0..7, otherwise zeros: subnormal, maximum, infinity or NaN. A sum of one
// term is exact.
template <class T>
struct MultiplySpecial : Multiply<T> {
  static constexpr Facts kFacts{
      .name = std::is_same_v<T, f16> ? "multiply_f16_special" : "multiply_bf16_special",
      .instruction = Multiply<T>::kInstruction,
      .words_in = 10,
      .words_out = 4,
      .tolerance = {.kind = Tolerance::f32}};
  static std::uint32_t operand(Random& random, int thread, int word) {
    constexpr std::uint32_t kOfF16[] = {0x0001, 0x8001, 0x03ff, 0x7bff, 0x7c00, 0xfc00, 0x7e00, 0x0400};
    constexpr std::uint32_t kOfBf16[] = {0x0080, 0x8080, 0x3f81, 0x5f7f, 0x7f80, 0xff80, 0x7fc0, 0x0100};
    const std::uint32_t one = T(1.0f).bits, which = random.below(8);
    if (word >= 4) return word < 6 ? one | one << 16 : 0;
    return word == 0 && thread % 4 == 0 ? (std::is_same_v<T, f16> ? kOfF16 : kOfBf16)[which] : 0;
  }
};

// Tolerance: 2 ulp for ex2.approx.ftz, 1 for the emulator's exp2f.
struct Exp2 {
  static constexpr Facts kFacts{.name = "exp2_approx",
                                .instruction = "ex2.approx.ftz.f32",
                                .tolerance = {.kind = Tolerance::f32, .ulps = 3}};
  static std::uint32_t operand(Random& random, int thread, int) {
    constexpr float kInf = std::numeric_limits<float>::infinity();
    constexpr float kSpecial[] = {
        0.0f,    -0.0f,   1.0f,    -1.0f,   kInf,   -kInf,    std::numeric_limits<float>::quiet_NaN(),
        -120.5f, -125.5f, -126.0f, -128.0f, 128.0f, 0x1p-149f};
    if (thread < static_cast<int>(std::size(kSpecial))) return std::bit_cast<std::uint32_t>(kSpecial[thread]);
    return random.float_bits(-24, 6);
  }
  SIMT_DEVICE static void run(const std::uint32_t* in, std::uint32_t* out) {
    float x;
    memcpy(&x, in, sizeof x);
    const float y = exp2_approx(x);
    memcpy(out, &y, sizeof y);
  }
};

// Covers the type's range and beyond. Half of the values are ties.
template <class T>
struct Pack {
  static constexpr bool kIsF16 = std::is_same_v<T, f16>;
  static constexpr Facts kFacts{.name = kIsF16 ? "pack_f16" : "pack_bf16",
                                .instruction = kIsF16 ? "cvt.rn.f16x2.f32" : "cvt.rn.bf16x2.f32",
                                .words_in = 2,
                                .tolerance = {.kind = kIsF16 ? Tolerance::f16_pair : Tolerance::bf16_pair}};
  static std::uint32_t operand(Random& random, int thread, int) {
    constexpr std::uint32_t kSpecial[] = {0, 0x80000000u, 0x7f800000u, 0xff800000u, 0x7fc00000u, 0x7f7fffffu};
    if (thread < 6) return kSpecial[thread];
    const std::uint32_t tie = kIsF16 ? 0x1000 : 0x8000;
    const std::uint32_t word = kIsF16 ? random.float_bits(-27, 17) : random.float_bits(-126, 127);
    return random.below(2) ? word : (word & ~(2 * tie - 1)) | tie;
  }
  SIMT_DEVICE static void run(const std::uint32_t* in, std::uint32_t* out) {
    float values[2];
    memcpy(values, in, sizeof values);
    out[0] = pack<T>(values[0], values[1]);
  }
};

std::vector<Primitive> ampere_primitives() {
  return list<Indices, SyncThreads, NamedBarriers, SyncWarp, ShuffleXor, ShuffleIndex, ShuffleUp, ShuffleDown,
              Votes, Reductions, Atomics, CopyAsync16, CopyAsync4, WideWords, LoadMatrices<false, 1>,
              LoadMatrices<false, 2>, LoadMatrices<false, 4>, LoadMatrices<true, 1>, LoadMatrices<true, 2>,
              LoadMatrices<true, 4>, MultiplyWhole<f16>, MultiplyWhole<bf16>, MultiplyFractions<f16>,
              MultiplyFractions<bf16>, MultiplySpecial<f16>, MultiplySpecial<bf16>, Exp2, Pack<f16>,
              Pack<bf16>>();
}

}  // namespace
}  // namespace warpgauge::simt::conformance
