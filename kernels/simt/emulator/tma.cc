// TMA: asynchronous copies of boxes of tensors.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "kernels/simt/emulator/block.h"
#include "kernels/simt/emulator/device.h"
#include "kernels/simt/swizzle.h"

namespace warpgauge::simt::emulator {
namespace {

constexpr int kChunkBytes = kSwizzleChunkBytes;

// A row of a box: its address in global memory, and the range of its bytes that lie inside the tensor.
struct BoxRow {
  char* global;
  int first_byte;
  int end_byte;
};

BoxRow row_of(const TensorBox& box, int row) {
  const TensorMap& map = box.map;
  const int index[4] = {0, row % map.box[1], row / map.box[1] % map.box[2], row / map.box[1] / map.box[2]};
  BoxRow result{map.data, 0, 0};
  for (int d = 1; d < 4; ++d) {
    const std::int64_t at = std::int64_t{box.at[d]} + index[d];
    if (at < 0 || at >= map.extent[d]) return result;
    result.global += at * map.stride[d];
  }
  const std::int64_t first = std::clamp<std::int64_t>(-std::int64_t{box.at[0]}, 0, map.box[0]);
  const std::int64_t end = std::clamp<std::int64_t>(map.extent[0] - box.at[0], first, map.box[0]);
  result.global += std::int64_t{box.at[0]} * map.element_bytes;
  result.first_byte = static_cast<int>(first) * map.element_bytes;
  result.end_byte = static_cast<int>(end) * map.element_bytes;
  return result;
}

// The shared address of the chunk at byte `offset` of the box.
char* chunk_at(const TensorBox& box, std::size_t offset) {
  if (!box.map.swizzled) return box.shared + offset;
  const std::size_t row = offset / kSwizzleRowBytes % kSwizzleRows;
  return box.shared + (offset ^ (row * kSwizzleChunkBytes));
}

// Calls visit(shared address, first byte in the row) for the chunks of a row.
template <class Visit>
void each_chunk(const TensorBox& box, int row, Visit visit) {
  const int row_bytes = box.map.row_bytes();
  for (int byte = 0; byte < row_bytes; byte += kChunkBytes)
    visit(chunk_at(box, static_cast<std::size_t>(row) * row_bytes + byte), byte);
}

// Calls visit(shared, global, bytes) for the parts of a box's chunks that lie inside the tensor.
template <class Visit>
void each_inside(const TensorBox& box, Visit visit) {
  for (int r = 0; r < box.map.rows(); ++r) {
    const BoxRow row = row_of(box, r);
    each_chunk(box, r, [&](char* chunk, int first) {
      const int from = std::max(first, row.first_byte);
      const int end = std::min(first + kChunkBytes, row.end_byte);
      if (from < end) visit(chunk + (from - first), row.global + from, static_cast<std::size_t>(end - from));
    });
  }
}

}  // namespace

void TensorBox::load() const {
  for (int r = 0; r < map.rows(); ++r)
    each_chunk(*this, r, [](char* chunk, int) { std::memset(chunk, 0, kChunkBytes); });
  each_inside(
      *this, [](char* inside, const char* global, std::size_t bytes) { std::memcpy(inside, global, bytes); });
}

void TensorBox::store() const {
  each_inside(
      *this, [](const char* inside, char* global, std::size_t bytes) { std::memcpy(global, inside, bytes); });
}

TensorBox Block::tensor_box(const TensorMap& map, const int* at, int rank, const void* shared,
                            AccessKind global_access, Site site) {
  const bool is_load = global_access == AccessKind::read;
  if (map.rank != rank)
    fail(FindingKind::misuse, [&] {
      return fmt::format(
          "issues a TMA {} with {} coordinates, but its tensor map has {} dimensions\n    at {}",
          is_load ? "load" : "store", rank, map.rank, describe(site));
    });
  constexpr std::size_t kUnswizzledAlignment = 128;  // PTX ISA, cp.async.bulk.tensor
  check_alignment(shared, map.swizzled ? kSwizzlePatternBytes : kUnswizzledAlignment,
                  is_load ? "issues a TMA load to" : "issues a TMA store from", site);
  TensorBox box{map, {}, static_cast<char*>(const_cast<void*>(shared))};
  std::copy_n(at, rank, box.at.begin());
  for (int r = 0; r < map.rows(); ++r)
    if (const BoxRow row = row_of(box, r); row.first_byte < row.end_byte)
      access_global(global_access, row.global + row.first_byte, row.end_byte - row.first_byte,
                    is_load ? "(TMA) reads" : "(TMA) writes", site);
  return box;
}

void Block::issue_load(void* shared, const TensorMap& map, void* address, const int* at, int rank,
                       Site site) {
  Mbarrier& barrier = use_mbarrier(address, "issues a TMA load that completes on", site);
  if (!barrier.visible_to_async)
    fail(FindingKind::missing_proxy_fence, [&] {
      return fmt::format(
          "issues a TMA load\n    at {}\n  thread {} initialised its mbarrier\n    at {}\n"
          "  that thread has not executed fence_mbarrier_init since",
          describe(site), barrier.initialiser, describe(barrier.site));
    });
  const TensorBox box = tensor_box(map, at, rank, shared, AccessKind::read, site);
  const AgentClock clock = async_clock(agents_.loads(barrier.index), barrier.loads + 1, {running_, 1});
  access_shared_as(clock, AccessKind::async_write, shared, map.box_bytes(), "(TMA) writes", site);
  loads_.push_back({box, arena_.offset(address), barrier.index, running_->index, site});
  if (completes_eagerly()) complete_load(loads_.size() - 1);
}

void Block::complete_load(std::size_t index) {
  const TensorLoad load = loads_[index];
  loads_.erase(loads_.begin() + static_cast<std::ptrdiff_t>(index));
  const auto found = mbarriers_.find(load.barrier_offset);
  if (found == mbarriers_.end() || found->second.index != load.barrier_index)
    fail(FindingKind::misuse, [&] {
      return fmt::format(
          "was running when a TMA load completed, which thread {} issued\n    at {}\n"
          "  the mbarrier on which it completes has been invalidated",
          load.thread, describe(load.site));
    });
  Mbarrier& barrier = found->second;
  load.box.load();
  ++barrier.loads;
  if (plan_.check_memory) {
    const int agent = agents_.loads(barrier.index);
    const AgentClock clock{agent, barrier.loads, {}};
    shadow_.complete_copy(arena_.offset(load.box.shared), load.box.map.box_bytes(), clock,
                          sites_.id(load.site));
    barrier.arrivals.release(agent, barrier.loads);
  }
  barrier.tx_count -= load.box.map.box_bytes();
  if (barrier.tx_count < -kMaxMbarrierCount)
    fail(FindingKind::misuse, [&] {
      return fmt::format(
          "was running when a TMA load completed, which thread {} issued\n    at {}\n"
          "  the tx-count of its mbarrier underflows: no thread expects these bytes ({})",
          load.thread, describe(load.site), barrier.state());
    });
  complete_phase_if_ready(barrier);
}

void Block::issue_store(const TensorMap& map, const int* at, int rank, const void* shared, Site site) {
  DeviceThread& self = *running_;
  const TensorBox box = tensor_box(map, at, rank, shared, AccessKind::write, site);
  if (plan_.check_memory) {
    const auto group = static_cast<std::uint32_t>(self.committed_store_groups) + 1;
    const AgentClock clock = async_clock(agents_.store(self.index), group, {running_, 1});
    each_inside(box, [&](const char* inside, const char*, std::size_t bytes) {
      access_shared_as(clock, AccessKind::async_read, inside, bytes, "(TMA) reads", site);
    });
  }
  self.stores.push_back({box, self.committed_store_groups, completes_eagerly(), site});
  if (self.stores.back().copied) box.store();
}

void Block::finish_stores(int groups_left) {
  DeviceThread& self = *running_;
  const int finished = self.committed_store_groups - groups_left;
  bool any = false;  // a thread that has issued no store needs no agent
  while (!self.stores.empty() && self.stores.front().group < finished) {
    any = true;
    if (!self.stores.front().copied) self.stores.front().box.store();
    self.stores.pop_front();
  }
  if (plan_.check_memory && any)
    ReleaseClock(agents_.store(self.index), static_cast<std::uint32_t>(finished)).acquire(self.clock.before);
}

void tma_load(void* shared, const TensorMap& map, void* barrier, const int* at, int rank, Site site) {
  Call()->issue_load(shared, map, barrier, at, rank, site);
}
void tma_store(const TensorMap& map, const int* at, int rank, const void* shared, Site site) {
  Call()->issue_store(map, at, rank, shared, site);
}
void tma_store_commit() {
  ++Call()->running()->committed_store_groups;
}
void tma_store_wait(int groups) {
  Call()->finish_stores(groups);
}

}  // namespace warpgauge::simt::emulator
