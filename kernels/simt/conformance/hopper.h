// The primitives of sm_90a except wgmma (hopper_wgmma.h), one struct each (run.h).
#pragma once

#include "kernels/simt/conformance/ampere.h"

namespace warpgauge::simt::conformance {
namespace {

// Three phases of an mbarrier. Each thread writes a word before it arrives and reads another's after the
// wait.
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
    mbarrier_wait(barrier, 1);  // must not block: phase 0 is the current one
    for (int phase = 0; phase < 3; ++phase) {
      std::uint32_t* const half = words + phase % 2 * 64;
      half[thread_index()] = in[0] + static_cast<std::uint32_t>(phase);
      mbarrier_arrive(barrier);
      mbarrier_wait(barrier, phase % 2);
      out[phase] = half[in[1]];
    }
  }
};

// The first warp arrives and the second waits. Then the reverse, after the mbarrier is initialised again for
// one arrival.
struct MbarrierHandover : Exchange<kWarpSize> {
  static constexpr Facts kFacts{.name = "mbarrier_handover",
                                .instruction = "mbarrier.init .arrive .try_wait.parity .inval",
                                .words_in = 2,
                                .threads = 2 * kWarpSize,
                                .hopper = true};
  SIMT_DEVICE static void run(const std::uint32_t* in, std::uint32_t* out) {
    SharedMemory shared;
    auto* const words = shared.array<std::uint32_t>("words", 2 * kWarpSize);
    auto* const barrier = shared.array<Mbarrier>("barrier", 1);
    const auto other = kWarpSize * (1 - warp_index()) + static_cast<int>(in[1]);
    if (thread_index() == 0) mbarrier_init(barrier, kWarpSize);
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
      if (lane_index() == kWarpSize - 1) mbarrier_arrive(barrier);
    } else {
      mbarrier_wait(barrier, 0);
      out[0] = words[other];
    }
  }
};

// A tensor with rows of 52 16-bit elements at a stride of 144 bytes, and a box of 16 rows. Every box overlaps
// the tensor, many only in part.
template <int kRank, bool kSwizzled>
struct TmaCopy {
  static constexpr int kThreads = 128, kRowBytes = 144, kTensorWords = 9;  // words per thread
  static constexpr int kElements = kSwizzled ? 64 : 48;                    // in a row of the box
  static constexpr int kBoxWords = kElements * 16 / 2 / kThreads;          // per thread
  static constexpr int kExtents[3][4] = {{52, 18, 1, 1}, {52, 5, 5, 1}, {52, 5, 3, 2}};
  static constexpr int kBoxes[3][4] = {{kElements, 16, 1, 1}, {kElements, 4, 4, 1}, {kElements, 4, 2, 2}};

  // The last four operands of the block are the coordinates of the box; the others are data.
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

// The mbarrier has two arrivals, one of which expects the bytes of the box.
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
    } else if (thread_index() == kWarpSize) {
      mbarrier_arrive(full);
    }
    mbarrier_wait(full, 0);
    for (int i = 0; i < Copy::kBoxWords; ++i) out[i] = tile[thread_index() * Copy::kBoxWords + i];
  }
};

// The results are the tensor, initially zero. Shared memory is overwritten after the store has read it.
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

// Operands: the lane's registers. The last word of lane 0 permutes the row addresses.
template <bool kTransposed, int kCount>
struct StoreMatrices {
  static constexpr Name kName = Name() << "store_matrices_x" << kCount << (kTransposed ? "_trans" : "");
  static constexpr Facts kFacts{.name = kName.text(),
                                .instruction = "stmatrix.sync.aligned.m8n8.shared.b16",
                                .words_in = kCount + 1,
                                .words_out = 4,
                                .hopper = true};
  static std::uint32_t operand(Random& random, int, int word) {
    return word < kCount ? random.bits() : random.below(kWarpSize);
  }
  SIMT_DEVICE static void run(const std::uint32_t* in, std::uint32_t* out) {
    auto* const rows = SharedMemory().array<std::uint32_t>("rows", kWarpSize * 4);
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

// The elected lane is unspecified. Checks that it is one lane, and the same lane in a second call.
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

// Checks that setmaxnreg keeps the contents of registers.
struct SetMaxRegisters {
  static constexpr Facts kFacts{.name = "set_max_registers",
                                .instruction = "setmaxnreg.dec .inc.sync.aligned.u32",
                                .words_in = 2,
                                .words_out = 2,
                                .threads = 3 * kWarpgroupSize,
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
