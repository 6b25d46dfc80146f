// The primitives of sm_90a but wgmma (hopper_wgmma.h), each with random operands. One struct each, see run.h.
#pragma once

#include "kernels/simt/conformance/ampere.h"

namespace warpgauge::simt::conformance {
namespace {

// Three phases of a barrier; what was written before the arrivals is read after the wait.
struct MbarrierPhases : Exchange<64> {
  static constexpr Facts kFacts{.name = "mbarrier_phases",
                                .instruction = "mbarrier.init .arrive .try_wait.parity",
                                .words_in = 2,
                                .words_out = 3,
                                .threads = 64,
                                .hopper = true};
  SIMT_DEVICE static void run(const std::uint32_t* in, std::uint32_t* out) {
    SharedMemory shared;
    auto* const words = shared.array<std::uint32_t>("words", 2 * 64);
    auto* const barrier = shared.array<Mbarrier>("barrier", 1);
    if (thread_index() == 0) mbarrier_init(barrier, 64);
    syncthreads();
    mbarrier_wait(barrier, 1);  // the phase before the first
    for (int phase = 0; phase < 3; ++phase) {
      std::uint32_t* const half = words + phase % 2 * 64;
      half[thread_index()] = in[0] + static_cast<std::uint32_t>(phase);
      mbarrier_arrive(barrier);
      mbarrier_wait(barrier, phase % 2);
      out[phase] = half[in[1]];
    }
  }
};

// The first warp arrives and goes on, the second waits; then the other way round, at a barrier made anew for
// one arrival.
struct MbarrierHandover : Exchange<32> {
  static constexpr Facts kFacts{.name = "mbarrier_handover",
                                .instruction = "mbarrier.init .arrive .try_wait.parity .inval",
                                .words_in = 2,
                                .threads = 64,
                                .hopper = true};
  SIMT_DEVICE static void run(const std::uint32_t* in, std::uint32_t* out) {
    SharedMemory shared;
    auto* const words = shared.array<std::uint32_t>("words", 64);
    auto* const barrier = shared.array<Mbarrier>("barrier", 1);
    const auto other = 32 * (1 - warp_index()) + static_cast<int>(in[1]);
    if (thread_index() == 0) mbarrier_init(barrier, 32);
    syncthreads();
    words[thread_index()] = in[0];
    if (warp_index() == 0) {
      mbarrier_arrive(barrier);
    } else {
      mbarrier_wait(barrier, 0);
      out[0] = words[other];
    }
    syncthreads();
    if (thread_index() == 0) {
      mbarrier_invalidate(barrier);
      mbarrier_init(barrier, 1);
    }
    words[thread_index()] = ~in[0];
    syncthreads();
    if (warp_index() == 1) {
      words[thread_index()] = in[0] + 1;
      syncwarp();
      if (lane_index() == 31) mbarrier_arrive(barrier);
    } else {
      mbarrier_wait(barrier, 0);
      out[0] = words[other];
    }
  }
};

// A tensor of rows of 52 16-bit elements, 144 bytes apart, and a box of 16 rows of it. No box lies wholly
// outside, many do in part.
template <int kRank, bool kSwizzled>
struct TmaCopy {
  static constexpr int kThreads = 128, kRowBytes = 144, kTensorWords = 9;  // of a thread
  static constexpr int kElements = kSwizzled ? 64 : 48;                    // of a row of the box
  static constexpr int kBoxWords = kElements * 16 / 2 / kThreads;          // of a thread
  static constexpr int kExtents[3][4] = {{52, 18, 1, 1}, {52, 5, 5, 1}, {52, 5, 3, 2}};
  static constexpr int kBoxes[3][4] = {{kElements, 16, 1, 1}, {kElements, 4, 4, 1}, {kElements, 4, 2, 2}};

  // The last four of the block's operands say where the box lies; the others are bits.
  static std::uint32_t operand(Random& random, int index, int count) {
    const int d = index - (count - 4);
    if (d < 0) return random.bits();
    return random.below(static_cast<std::uint32_t>(kExtents[kRank - 2][d]) + 1) -
           static_cast<std::uint32_t>(kBoxes[kRank - 2][d] / 2);
  }

  static TensorLayout layout_of(const void* data) {
    TensorLayout t{.data = data,
                   .dtype = kSwizzled ? Dtype::f16 : Dtype::bf16,
                   .rank = kRank,
                   .swizzle = kSwizzled ? Swizzle::bytes_128 : Swizzle::none};
    for (std::size_t d = 0; d < 4; ++d) {
      t.extent[d] = kExtents[kRank - 2][d];
      t.box[d] = kBoxes[kRank - 2][d];
    }
    t.stride_bytes = {kRowBytes, kRowBytes * t.extent[1], kRowBytes * t.extent[1] * t.extent[2]};
    return t;
  }

  static constexpr Name name(std::string_view direction) {
    return Name() << "tma_" << direction << "_" << kRank << (kSwizzled ? "d_swizzled" : "d");
  }
};

// A full barrier of two arrivals, one of which announces the box's bytes.
template <int kRank, bool kSwizzled>
struct TmaLoad {
  using Copy = TmaCopy<kRank, kSwizzled>;
  static constexpr Name kName = Copy::name("load"),
                        kInstruction = Name() << "cp.async.bulk.tensor." << kRank
                                              << "d.shared::cluster.global.mbarrier::complete_tx::bytes";
  static constexpr Facts kFacts{.name = kName.text(),
                                .instruction = kInstruction.text(),
                                .words_in = Copy::kTensorWords,
                                .words_out = Copy::kBoxWords,
                                .threads = Copy::kThreads,
                                .hopper = true};
  static constexpr int kOperands = kFacts.threads * kFacts.words_in;
  static std::uint32_t operand(Random& random, int thread, int word) {
    return Copy::operand(random, thread * kFacts.words_in + word, kOperands);
  }
  static TensorLayout layout(const void* in, const void*) { return Copy::layout_of(in); }

  SIMT_DEVICE static void run(const std::uint32_t* in, std::uint32_t* out, const TensorMap& map) {
    SharedMemory shared;
    auto* const tile = shared.array<std::uint32_t>("tile", Copy::kThreads * Copy::kBoxWords, 1024);
    auto* const full = shared.array<Mbarrier>("full", 1);
    if (thread_index() == 0) {
      mbarrier_init(full, 2);
      fence_mbarrier_init();
    }
    syncthreads();
    if (thread_index() == 0) {
      int at[kRank];
      for (int d = 0; d < kRank; ++d) at[d] = static_cast<int>(in[kOperands - 4 + d]);
      mbarrier_arrive_expect_tx(full, 4 * Copy::kThreads * Copy::kBoxWords);
      tma_load(tile, map, full, at);
    } else if (thread_index() == 32) {
      mbarrier_arrive(full);
    }
    mbarrier_wait(full, 0);
    for (int i = 0; i < Copy::kBoxWords; ++i) out[i] = tile[thread_index() * Copy::kBoxWords + i];
  }
};

// The tensor is the results, zero before. Shared memory is written over when the store has read it.
template <int kRank, bool kSwizzled>
struct TmaStore {
  using Copy = TmaCopy<kRank, kSwizzled>;
  static constexpr Name kName = Copy::name("store"), kInstruction = Name()
                                                                    << "cp.async.bulk.tensor." << kRank
                                                                    << "d.global.shared::cta.bulk_group";
  static constexpr Facts kFacts{.name = kName.text(),
                                .instruction = kInstruction.text(),
                                .words_in = Copy::kBoxWords + 1,
                                .words_out = Copy::kTensorWords,
                                .threads = Copy::kThreads,
                                .hopper = true};
  static constexpr int kOperands = kFacts.threads * kFacts.words_in;
  static std::uint32_t operand(Random& random, int thread, int word) {
    return Copy::operand(random, thread * kFacts.words_in + word, kOperands);
  }
  static TensorLayout layout(const void*, const void* out) { return Copy::layout_of(out); }

  SIMT_DEVICE static void run(const std::uint32_t* in, std::uint32_t*, const TensorMap& map) {
    const std::uint32_t* const operands = in - thread_index() * kFacts.words_in;
    auto* const tile = SharedMemory().array<std::uint32_t>("tile", Copy::kThreads * Copy::kBoxWords, 1024);
    for (int i = 0; i < Copy::kBoxWords; ++i) {
      const int word = i * Copy::kThreads + thread_index();
      tile[word] = operands[word];
    }
    fence_proxy_async();
    syncthreads();
    if (thread_index() == 0) {
      int at[kRank];
      for (int d = 0; d < kRank; ++d) at[d] = static_cast<int>(operands[kOperands - 4 + d]);
      tma_store(map, at, tile);
      tma_store_commit();
      tma_store_wait_read<0>();
    }
    syncthreads();
    for (int i = 0; i < Copy::kBoxWords; ++i) tile[i * Copy::kThreads + thread_index()] = ~0u;
    if (thread_index() == 0) tma_store_wait<0>();
  }
};

// Operands: a lane's part of the matrices; the first lane's last word turns the rows round.
template <bool kTransposed, int kCount>
struct StoreMatrices {
  static constexpr Name kName = Name() << "store_matrices_x" << kCount << (kTransposed ? "_trans" : "");
  static constexpr Facts kFacts{.name = kName.text(),
                                .instruction = "stmatrix.sync.aligned.m8n8.shared.b16",
                                .words_in = kCount + 1,
                                .words_out = 4,
                                .hopper = true};
  static std::uint32_t operand(Random& random, int, int word) {
    return word < kCount ? random.bits() : random.below(32);
  }
  SIMT_DEVICE static void run(const std::uint32_t* in, std::uint32_t* out) {
    auto* const rows = SharedMemory().array<std::uint32_t>("rows", 128);
    std::uint32_t registers[kCount];
    for (int i = 0; i < kCount; ++i) registers[i] = in[i];
    for (int i = 0; i < 4; ++i) rows[thread_index() * 4 + i] = 0;
    const auto turn = static_cast<int>(shuffle(in[kCount], 0));
    syncwarp();
    store_matrices<kTransposed>(registers, rows + (lane_index() ^ turn) * 4);
    syncwarp();
    for (int i = 0; i < 4; ++i) out[i] = rows[thread_index() * 4 + i];
  }
};

// Which lane is elected is not said, only that it is one, and the same again.
struct ElectOne {
  static constexpr Facts kFacts{
      .name = "elect_one", .instruction = "elect.sync", .words_out = 2, .hopper = true};
  static std::uint32_t operand(Random& random, int, int) { return random.bits(); }
  SIMT_DEVICE static void run(const std::uint32_t* in, std::uint32_t* out) {
    const std::uint32_t value = shuffle(in[0], 0);
    const bool elected = elect_one();
    out[0] = reduce_add(elected ? value : 0);
    out[1] = all(elected == elect_one());
  }
};

// What registers held, they hold.
struct SetMaxRegisters {
  static constexpr Facts kFacts{.name = "set_max_registers",
                                .instruction = "setmaxnreg.dec .inc.sync.aligned.u32",
                                .words_in = 2,
                                .words_out = 2,
                                .threads = 384,
                                .hopper = true};
  static std::uint32_t operand(Random& random, int, int) { return random.bits(); }
  SIMT_DEVICE static void run(const std::uint32_t* in, std::uint32_t* out) {
    const std::uint32_t first = shuffle_xor(in[0], 1), second = shuffle_xor(in[1], 2);
    if (warpgroup_index() == 0)
      lower_registers<24>();
    else
      raise_registers<240>();
    out[0] = first;
    out[1] = second;
  }
};

std::vector<Primitive> hopper_primitives() {
  return list<MbarrierPhases, MbarrierHandover, TmaLoad<2, false>, TmaLoad<3, false>, TmaLoad<4, false>,
              TmaLoad<2, true>, TmaLoad<3, true>, TmaLoad<4, true>, TmaStore<2, false>, TmaStore<3, false>,
              TmaStore<4, false>, TmaStore<2, true>, TmaStore<3, true>, TmaStore<4, true>,
              StoreMatrices<false, 1>, StoreMatrices<false, 2>, StoreMatrices<false, 4>,
              StoreMatrices<true, 1>, StoreMatrices<true, 2>, StoreMatrices<true, 4>, ElectOne,
              SetMaxRegisters>();
}

}  // namespace
}  // namespace warpgauge::simt::conformance
