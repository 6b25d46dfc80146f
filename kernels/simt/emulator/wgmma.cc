// wgmma: operands in shared memory as the PTX ISA's matrix descriptors place them, accumulators in registers,
// both in flight until the wait.
#include "kernels/simt/emulator/wgmma.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "kernels/simt/emulator/block.h"
#include "kernels/simt/emulator/product.h"

namespace warpgauge::simt::emulator {
namespace {

constexpr std::size_t kChunkBytes = 16;
constexpr int kChunk = 8;  // elements of a 16-byte chunk

const Wgmma& operands(const Warp& warp, int lane) {
  return *static_cast<const Wgmma*>(warp.operands[lane]);
}

// The chunk that holds element (row, k) of A, or (k, row) of B (PTX ISA, "Strides" of wgmma's shared memory
// layouts, 128-byte swizzle): the swizzle exchanges address bits 4..6 with themselves xor bits 7..9.
const char* chunk_of(const SharedOperand& matrix, int row, int k) {
  const std::int64_t offset = matrix.mn_major ? row / 64 * matrix.leading_bytes +
                                                    k / 8 * matrix.stride_bytes + k % 8 * 128 + row % 64 * 2
                                              : row / 8 * matrix.stride_bytes + row % 8 * 128 + k * 2;
  auto address = reinterpret_cast<std::uintptr_t>(matrix.start) + static_cast<std::uintptr_t>(offset);
  address = (address ^ (address >> 7 & 7u) << 4) & ~(kChunkBytes - 1);
  return reinterpret_cast<const char*>(address);
}

// Calls visit(chunk, row, k) for the chunks of rows [first, first + rows) and 16 of depth; a chunk holds
// eight of depth, or with mn_major eight rows.
template <class Visit>
void each_chunk(const SharedOperand& matrix, int first, int rows, Visit visit) {
  const int row_step = matrix.mn_major ? kChunk : 1, k_step = matrix.mn_major ? 1 : kChunk;
  for (int row = 0; row < rows; row += row_step)
    for (int k = 0; k < kTileDepth; k += k_step) visit(chunk_of(matrix, first + row, k), row, k);
}

// [rows, 16] with rows `row_stride` apart and depth `k_stride`.
struct Matrix {
  std::uint16_t* bits;
  int row_stride, k_stride;
};

// Rows go eight to a panel of `panel` elements.
void gather(const SharedOperand& matrix, int first, int rows, int panel, Matrix to) {
  each_chunk(matrix, first, rows, [&](const char* chunk, int row, int k) {
    std::uint16_t elements[kChunk];
    std::memcpy(elements, chunk, kChunkBytes);
    for (int i = 0; i < kChunk; ++i) {
      const int r = matrix.mn_major ? row + i : row, d = matrix.mn_major ? k : k + i;
      to.bits[r / kChunk * panel + r % kChunk * to.row_stride + d * to.k_stride] = elements[i];
    }
  });
}

// A lane's part of the 16 rows: register 4 n + i of columns 8 n.. (PTX ISA, wgmma's fragment of D).
void exchange_sums(Accumulators& sums, bool to_registers) {
  for (int lane = 0; lane < kLanes; ++lane) {
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
  std::uint16_t a_bits[kTileRows * kTileDepth], b_bits[32 * kTileDepth * kTileColumns];
  alignas(64) float a[kTileRows * kTileDepth], b[32 * kTileDepth * kTileColumns];
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
  const int first_row = warp % kWarpsOfGroup * kTileRows;
  product.is_f16 ? compute<f16>(product, first_row) : compute<bf16>(product, first_row);
  product.done = true;
}

}  // namespace

// The accumulators that the lanes name, those in flight where they are; checked.
Accumulators& Block::accumulators_of(const Warp& warp, Site site) {
  const DeviceThread* const threads = lanes(warp);
  WgmmaQueue& queue = wgmmas_[threads->warp];
  const int columns = operands(warp, 0).columns;
  for (Accumulators& sums : queue.accumulators) {
    bool same = sums.columns == columns, touched = false;
    for (int lane = 0; lane < kLanes; ++lane) {
      float* const own = operands(warp, lane).d;
      same = same && sums.registers[static_cast<std::size_t>(lane)] == own;
      touched =
          touched || overlap(own, columns / 2 * sizeof(float), sums.registers[static_cast<std::size_t>(lane)],
                             sums.columns / 2 * sizeof(float));
    }
    if (same) return sums;
    if (touched)
      fail(FindingKind::register_in_flight, [&] {
        return "begins a wgmma on accumulators that another of another shape has in flight\n    at " +
               describe(site) + "\n  the other is\n    at " + describe(sums.site);
      });
  }
  for (int lane = 0; lane < kLanes; ++lane)
    check_register_fence(threads[lane], operands(warp, lane).d, columns / 2 * sizeof(float), site);
  Accumulators& sums = queue.accumulators.emplace_back();
  for (int lane = 0; lane < kLanes; ++lane)
    sums.registers[static_cast<std::size_t>(lane)] = operands(warp, lane).d;
  sums.columns = columns;
  exchange_sums(sums, false);
  return sums;
}

void Block::check_shared_operand(const SharedOperand& matrix, int first, int rows, const ActorClock& clock,
                                 Site site) {
  const auto start = reinterpret_cast<std::uintptr_t>(matrix.start);
  if (start % kChunkBytes != 0 || (start & 0x380u) != 0 || matrix.leading_bytes % 16 != 0 ||
      matrix.stride_bytes % 16 != 0)
    fail(FindingKind::misaligned, [&] {
      return "begins a wgmma whose operand begins " + std::to_string(start % 1024) +
             " bytes into the swizzle's 1024 (0 to 112, in steps of 16), with strides of " +
             std::to_string(matrix.leading_bytes) + " and " + std::to_string(matrix.stride_bytes) +
             " bytes (multiples of 16)\n    at " + describe(site);
    });
  each_chunk(matrix, first, rows, [&](const char* chunk, int, int) {
    access_shared_as(clock, AccessKind::async_read, chunk, kChunkBytes, "multiplies", site);
  });
}

void Block::begin_wgmma(const Warp& warp, bool is_f16, Site site) {
  const DeviceThread* const threads = lanes(warp);
  const int index = threads->warp;
  const Wgmma& own = operands(warp, 0);
  for (int lane = 1; lane < kLanes; ++lane)
    if (const Wgmma& other = operands(warp, lane);
        other.a != own.a || other.b != own.b || other.accumulate != own.accumulate)
      fail(FindingKind::divergence, [&] {
        return "begins a wgmma whose operands in shared memory differ between lanes 0 and " +
               std::to_string(lane) + "\n    at " + describe(site);
      });
  step_in_warpgroup("wgmma", {own.a.start, own.b.start}, site);
  WgmmaQueue& queue = wgmmas_[index];
  Product& product = queue.products.emplace_back();
  product = {own, is_f16, nullptr, {}, {}, queue.committed_groups, false, site};
  if (own.a_registers) {
    for (int lane = 0; lane < kLanes; ++lane) {
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
    const ActorClock clock =
        clock_behind(actors_.wgmma(index), static_cast<std::uint32_t>(product.group) + 1, {threads, kLanes});
    if (!own.a_registers)
      check_shared_operand(own.a, index % kWarpsOfGroup * kTileRows, kTileRows, clock, site);
    check_shared_operand(own.b, 0, own.columns, clock, site);
  }
  const bool first = queue.products.size() == 1 || queue.products[queue.products.size() - 2].done;
  if (moves_at_once() && first) finish(product, index);
}

void Block::commit_wgmmas() {
  ++wgmmas_[running_->warp].committed_groups;
  std::vector<DeviceThread*>& waiting = wgmma_waiters_[running_->warp / kWarpsOfGroup];
  for (DeviceThread* thread : waiting) make_ready(*thread);
  waiting.clear();
}

// A wgmma is the warpgroup's: it has finished for one warp when all four have begun it and it is done.
void Block::wait_for_wgmmas(int groups_left, Site site) {
  DeviceThread& self = *running_;
  const int first = self.warp / kWarpsOfGroup * kWarpsOfGroup;
  const int finished = wgmmas_[self.warp].committed_groups - groups_left;
  const auto begun_by_all = [&] {
    return std::all_of(wgmmas_.begin() + first, wgmmas_.begin() + first + kWarpsOfGroup,
                       [&](const WgmmaQueue& queue) { return queue.committed_groups >= finished; });
  };
  while (!begun_by_all()) {
    wgmma_waiters_[self.warp / kWarpsOfGroup].push_back(&self);
    wait("wgmma_wait", site);
  }
  for (int warp = first; warp < first + kWarpsOfGroup; ++warp)
    for (Product& product : wgmmas_[warp].products)
      if (product.group < finished) finish(product, warp);
  return_registers(self.warp, finished);
  if (!plan_.check_memory || finished <= 0) return;
  WgmmaQueue& queue = wgmmas_[self.warp];
  if (queue.lesson_groups != finished) {
    auto known = std::make_shared<VectorClock>();
    for (int warp = first; warp < first + kWarpsOfGroup; ++warp)
      raise(*known, actors_.wgmma(warp), static_cast<std::uint32_t>(finished));
    queue.lesson = Lesson({std::move(known), nullptr});
    queue.lesson_groups = finished;
  }
  queue.lesson.teach(self.clock.knows);
}

// The warp may touch the registers of its first `finished` groups again.
void Block::return_registers(int warp, int finished) {
  WgmmaQueue& queue = wgmmas_[warp];
  while (!queue.products.empty() && queue.products.front().group < finished) queue.products.pop_front();
  std::erase_if(queue.accumulators, [&](Accumulators& sums) {
    if (sums.last_group >= finished) return false;
    exchange_sums(sums, true);
    return true;
  });
}

template <class T>
void wgmma(const Wgmma& own, Site site) {
  Call block;
  block->meet_warp("wgmma", const_cast<Wgmma*>(&own), site,
                   [&](const Warp& warp) { block->begin_wgmma(warp, std::is_same_v<T, f16>, site); });
}
template void wgmma<f16>(const Wgmma&, Site);
template void wgmma<bf16>(const Wgmma&, Site);

void wgmma_fence(Site site) {
  Call block;
  block->meet_warp("wgmma_fence", nullptr, site,
                   [&](const Warp&) { block->step_in_warpgroup("wgmma_fence", {}, site); });
  block->running()->registers.fence(block->running()->fiber.stack().bytes);
}

void wgmma_commit(Site site) {
  Call block;
  block->meet_warp("wgmma_commit", nullptr, site, [&](const Warp&) {
    block->step_in_warpgroup("wgmma_commit", {}, site);
    block->commit_wgmmas();
  });
}

void wgmma_wait(int groups, Site site) {
  Call block;
  block->meet_warp("wgmma_wait", nullptr, site,
                   [&](const Warp&) { block->step_in_warpgroup("wgmma_wait", {}, site); });
  block->wait_for_wgmmas(groups, site);
}

}  // namespace warpgauge::simt::emulator
