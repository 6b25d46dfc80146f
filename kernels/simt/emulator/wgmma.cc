// wgmma: operands in shared memory at the addresses that the PTX ISA's matrix descriptors give, accumulators
// in registers. Both are in flight until the wait.
#include "kernels/simt/emulator/wgmma.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "kernels/simt/emulator/block.h"
#include "kernels/simt/emulator/product.h"
#include "kernels/simt/swizzle.h"

namespace warpgauge::simt::emulator {
namespace {

constexpr int kChunk = kSwizzleChunkBytes / sizeof(std::uint16_t);  // elements
constexpr int kPatternRow = kSwizzleRowBytes / sizeof(std::uint16_t);
constexpr int kRowBytes = kSwizzleRowBytes;

const Wgmma& operands(const Warp& warp, int lane) {
  return *static_cast<const Wgmma*>(warp.operands[lane]);
}

// The chunk that holds element (row, k) of A or (k, row) of B (PTX ISA, "Strides" of wgmma's shared memory
// layouts). The 128-byte swizzle XORs address bits 4..6 with bits 7..9.
const char* chunk_of(const SharedOperand& matrix, int row, int k) {
  const std::int64_t offset = matrix.mn_major
                                  ? row / kPatternRow * matrix.leading_bytes + k / 8 * matrix.stride_bytes +
                                        k % 8 * kRowBytes + row % kPatternRow * 2
                                  : row / 8 * matrix.stride_bytes + row % 8 * kRowBytes + k * 2;
  auto address = reinterpret_cast<std::uintptr_t>(matrix.start) + static_cast<std::uintptr_t>(offset);
  address = (address ^ (address >> 7 & 7u) << 4) & ~(kSwizzleChunkBytes - 1);
  return reinterpret_cast<const char*>(address);
}

// Calls visit(chunk, row, k) for the chunks of rows [first, first + rows) and all K = 16. A chunk holds eight
// elements along K; if mn_major, eight rows.
template <class Visit>
void each_chunk(const SharedOperand& matrix, int first, int rows, Visit visit) {
  const int row_step = matrix.mn_major ? kChunk : 1, k_step = matrix.mn_major ? 1 : kChunk;
  for (int row = 0; row < rows; row += row_step)
    for (int k = 0; k < kTileDepth; k += k_step) visit(chunk_of(matrix, first + row, k), row, k);
}

// A matrix [rows, K] in panels of eight rows.
struct Matrix {
  std::uint16_t* bits;
  int row_stride, k_stride;
};

// Copies rows [first, first + rows) to `to`, whose panels are `panel` elements apart.
void gather(const SharedOperand& matrix, int first, int rows, int panel, Matrix to) {
  each_chunk(matrix, first, rows, [&](const char* chunk, int row, int k) {
    std::uint16_t elements[kChunk];
    std::memcpy(elements, chunk, kSwizzleChunkBytes);
    for (int i = 0; i < kChunk; ++i) {
      const int r = matrix.mn_major ? row + i : row, d = matrix.mn_major ? k : k + i;
      to.bits[r / kChunk * panel + r % kChunk * to.row_stride + d * to.k_stride] = elements[i];
    }
  });
}

// Copies the sums to the lanes' registers, or from them (PTX ISA, wgmma's fragment of D). The latter leaves
// NaN in the registers.
void transfer_accumulators(Accumulators& sums, bool to_registers) {
  for (int lane = 0; lane < kWarpSize; ++lane) {
    for (int i = 0; i < sums.columns / 2; ++i) {
      float& sum = sums.sums[i / 4][lane / 4 + i / 2 % 2 * 8][lane % 4 * 2 + i % 2];
      float& own = sums.registers[static_cast<std::size_t>(lane)][i];
      if (to_registers) {
        own = sum;
      } else {
        sum = own;
        own = std::numeric_limits<float>::quiet_NaN();
      }
    }
  }
}

template <class T>
void compute(const Product& product, int first_row) {
  Accumulators& sums = *product.sums;
  std::uint16_t a_bits[kTileRows * kTileDepth], b_bits[kMaxWgmmaColumns * kTileDepth];
  alignas(64) float a[kTileRows * kTileDepth], b[kMaxWgmmaColumns * kTileDepth];
  if (product.operands.a_registers)
    std::copy(product.a_bits.begin(), product.a_bits.end(), a_bits);
  else
    gather(product.operands.a, first_row, kTileRows, kChunk * kTileDepth, {a_bits, kTileDepth, 1});
  gather(product.operands.b, 0, sums.columns, kTileDepth * kTileColumns, {b_bits, 1, kTileColumns});
  widen(T{}, a_bits, a, kTileRows * kTileDepth);
  widen(T{}, b_bits, b, sums.columns * kTileDepth);
  if (!product.operands.accumulate) std::fill_n(&sums.sums[0][0][0], sums.columns * kTileRows, 0.0f);
  for (int n = 0; n < sums.columns / kTileColumns; ++n)
    multiply(a, b + n * kTileDepth * kTileColumns, &sums.sums[n][0][0]);
}

void finish(Product& product, int warp) {
  if (product.done) return;
  const int first_row = warp % kWarpsPerWarpgroup * kTileRows;
  product.is_f16 ? compute<f16>(product, first_row) : compute<bf16>(product, first_row);
  product.done = true;
}

}  // namespace

// The accumulators of the wgmma that the lanes issue: those already in flight if they are the same, otherwise
// new ones.
Accumulators& Block::accumulators_of(const Warp& warp, Site site) {
  const DeviceThread* const threads = lanes(warp);
  WgmmaQueue& queue = wgmmas_[threads->warp];
  const int columns = operands(warp, 0).columns;
  for (Accumulators& sums : queue.accumulators) {
    bool same = sums.columns == columns, overlapping = false;
    for (int lane = 0; lane < kWarpSize; ++lane) {
      float* const own = operands(warp, lane).d;
      float* const in_flight = sums.registers[static_cast<std::size_t>(lane)];
      same = same && in_flight == own;
      overlapping = overlapping ||
                    overlap(own, columns / 2 * sizeof(float), in_flight, sums.columns / 2 * sizeof(float));
    }
    if (same) return sums;
    if (overlapping)
      fail(FindingKind::register_in_flight, [&] {
        return fmt::format(
            "issues a wgmma\n    at {}\n"
            "  a wgmma in flight has another shape and some of the same accumulators\n    at {}",
            describe(site), describe(sums.site));
      });
  }
  for (int lane = 0; lane < kWarpSize; ++lane)
    check_register_fence(threads[lane], operands(warp, lane).d, columns / 2 * sizeof(float), site);
  Accumulators& sums = queue.accumulators.emplace_back();
  for (int lane = 0; lane < kWarpSize; ++lane)
    sums.registers[static_cast<std::size_t>(lane)] = operands(warp, lane).d;
  sums.columns = columns;
  transfer_accumulators(sums, false);
  return sums;
}

void Block::check_shared_operand(const SharedOperand& matrix, int first, int rows, const AgentClock& clock,
                                 Site site) {
  const auto start = reinterpret_cast<std::uintptr_t>(matrix.start);
  const std::size_t in_pattern = start % kSwizzlePatternBytes;
  if (in_pattern >= kSwizzleRowBytes || in_pattern % kSwizzleChunkBytes != 0 ||
      matrix.leading_bytes % 16 != 0 || matrix.stride_bytes % 16 != 0)
    fail(FindingKind::misaligned, [&] {
      return fmt::format(
          "issues a wgmma with a misaligned shared operand\n    at {}\n"
          "  it starts {} bytes into a 1024-byte swizzle pattern; allowed: 0, 16, ..., 112\n"
          "  its leading and stride offsets are {} and {} bytes; allowed: multiples of 16",
          describe(site), in_pattern, matrix.leading_bytes, matrix.stride_bytes);
    });
  each_chunk(matrix, first, rows, [&](const char* chunk, int, int) {
    access_shared_as(clock, AccessKind::async_read, chunk, kSwizzleChunkBytes, "(wgmma) reads", site);
  });
}

void Block::issue_wgmma(const Warp& warp, bool is_f16, Site site) {
  const DeviceThread* const threads = lanes(warp);
  const int index = threads->warp;
  const Wgmma& own = operands(warp, 0);
  for (int lane = 1; lane < kWarpSize; ++lane)
    if (const Wgmma& other = operands(warp, lane);
        other.a != own.a || other.b != own.b || other.accumulate != own.accumulate)
      fail(FindingKind::divergence, [&] {
        return fmt::format("issues a wgmma whose shared operands differ between lanes 0 and {}\n    at {}",
                           lane, describe(site));
      });
  check_warpgroup_step("wgmma", {own.a.start, own.b.start}, site);
  WgmmaQueue& queue = wgmmas_[index];
  Product& product = queue.products.emplace_back();
  product = {own, is_f16, nullptr, {}, {}, queue.committed_groups, false, site};
  if (own.a_registers) {
    for (int lane = 0; lane < kWarpSize; ++lane) {
      product.a_registers[static_cast<std::size_t>(lane)] = operands(warp, lane).a_registers;
      check_register_fence(threads[lane], operands(warp, lane).a_registers, 4 * sizeof(std::uint32_t), site);
      place_a_fragment(lane, operands(warp, lane).a_registers, product.a_bits.data());
    }
  }
  Accumulators& sums = accumulators_of(warp, site);
  sums.site = site;
  sums.last_group = product.group;
  product.sums = &sums;
  if (plan_.check_memory) {
    const AgentClock clock = async_clock(agents_.wgmma(index), static_cast<std::uint32_t>(product.group) + 1,
                                         {threads, kWarpSize});
    if (!own.a_registers)
      check_shared_operand(own.a, index % kWarpsPerWarpgroup * kTileRows, kTileRows, clock, site);
    check_shared_operand(own.b, 0, own.columns, clock, site);
  }
  const bool first = queue.products.size() == 1 || queue.products[queue.products.size() - 2].done;
  if (completes_eagerly() && first) finish(product, index);
}

void Block::commit_wgmmas() {
  ++wgmmas_[running_->warp].committed_groups;
  std::vector<DeviceThread*>& waiting = wgmma_waiters_[running_->warp / kWarpsPerWarpgroup];
  for (DeviceThread* thread : waiting) make_ready(*thread);
  waiting.clear();
}

// A wgmma of a warpgroup completes only after all four warps have issued it.
void Block::wait_for_wgmmas(int groups_left, Site site) {
  DeviceThread& self = *running_;
  const int first = self.warp / kWarpsPerWarpgroup * kWarpsPerWarpgroup;
  const int finished = wgmmas_[self.warp].committed_groups - groups_left;
  const auto committed_by_all = [&] {
    return std::all_of(wgmmas_.begin() + first, wgmmas_.begin() + first + kWarpsPerWarpgroup,
                       [&](const WgmmaQueue& queue) { return queue.committed_groups >= finished; });
  };
  while (!committed_by_all()) {
    wgmma_waiters_[self.warp / kWarpsPerWarpgroup].push_back(&self);
    wait("wgmma_wait", site);
  }
  for (int warp = first; warp < first + kWarpsPerWarpgroup; ++warp)
    for (Product& product : wgmmas_[warp].products)
      if (product.group < finished) finish(product, warp);
  retire_wgmmas(self.warp, finished);
  if (!plan_.check_memory || finished <= 0) return;
  WgmmaQueue& queue = wgmmas_[self.warp];
  if (queue.completed_groups != finished) {
    auto clock = std::make_shared<VectorClock>();
    for (int warp = first; warp < first + kWarpsPerWarpgroup; ++warp)
      advance(*clock, agents_.wgmma(warp), static_cast<std::uint32_t>(finished));
    queue.completed = ReleaseClock({std::move(clock), nullptr, nullptr});
    queue.completed_groups = finished;
  }
  queue.completed.acquire(self.clock.before);
}

// Returns the registers of the warp's first `finished` groups to its threads.
void Block::retire_wgmmas(int warp, int finished) {
  WgmmaQueue& queue = wgmmas_[warp];
  while (!queue.products.empty() && queue.products.front().group < finished) queue.products.pop_front();
  std::erase_if(queue.accumulators, [&](Accumulators& sums) {
    if (sums.last_group >= finished) return false;
    transfer_accumulators(sums, true);
    return true;
  });
}

template <class T>
void wgmma(const Wgmma& own, Site site) {
  Call block;
  block->collective("wgmma", const_cast<Wgmma*>(&own), site,
                    [&](const Warp& warp) { block->issue_wgmma(warp, std::is_same_v<T, f16>, site); });
}
template void wgmma<f16>(const Wgmma&, Site);
template void wgmma<bf16>(const Wgmma&, Site);

void wgmma_fence(Site site) {
  Call block;
  block->collective("wgmma_fence", nullptr, site,
                    [&](const Warp&) { block->check_warpgroup_step("wgmma_fence", {}, site); });
  block->running()->registers.fence(block->running()->fiber.stack().bytes);
}

void wgmma_commit(Site site) {
  Call block;
  block->collective("wgmma_commit", nullptr, site, [&](const Warp&) {
    block->check_warpgroup_step("wgmma_commit", {}, site);
    block->commit_wgmmas();
  });
}

void wgmma_wait(int groups, Site site) {
  Call block;
  block->collective("wgmma_wait", nullptr, site,
                    [&](const Warp&) { block->check_warpgroup_step("wgmma_wait", {}, site); });
  block->wait_for_wgmmas(groups, site);
}

}  // namespace warpgauge::simt::emulator
