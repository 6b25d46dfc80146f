// TMA: boxes of tensors, copied behind the threads' backs.
#include <algorithm>
#include <cstring>

#include "kernels/simt/emulator/block.h"
#include "kernels/simt/emulator/device.h"

namespace warpgauge::simt::emulator {
namespace {

constexpr std::size_t kChunkBytes = 16;  // what the swizzle moves
constexpr int kSwizzledRowBytes = 128;

// A row of a box: where it begins in global memory, and which of its bytes lie inside of the tensor.
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

// Where the 16-byte chunk lies whose place would be `dense` without the swizzle, in memory aligned to 1024.
char* chunk_at(const TensorBox& box, std::size_t dense) {
  if (!box.map.swizzled) return box.shared + dense;
  return box.shared + (dense ^ ((dense / kSwizzledRowBytes % 8) * kChunkBytes));
}

// Calls visit(chunk in shared memory, its first byte in the row) for the chunks of a row.
template <class Visit>
void each_chunk(const TensorBox& box, int row, Visit visit) {
  const int row_bytes = box.map.row_bytes();
  for (int byte = 0; byte < row_bytes; byte += static_cast<int>(kChunkBytes))
    visit(chunk_at(box, static_cast<std::size_t>(row) * row_bytes + byte), byte);
}

// Calls visit(shared, global, bytes) for the parts of a box's chunks that lie inside of the tensor.
template <class Visit>
void each_inside(const TensorBox& box, Visit visit) {
  for (int r = 0; r < box.map.rows(); ++r) {
    const BoxRow row = row_of(box, r);
    each_chunk(box, r, [&](char* chunk, int first) {
      const int from = std::max(first, row.first_byte);
      const int end = std::min(first + static_cast<int>(kChunkBytes), row.end_byte);
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
                            AccessKind global_access, const char* what, Site site) {
  if (map.rank != rank)
    fail(FindingKind::misuse, [&] {
      return std::string(what) + " a box of " + std::to_string(rank) + " coordinates by a tensor map of " +
             std::to_string(map.rank) + " dimensions\n    at " + describe(site);
    });
  check_alignment(shared, map.swizzled ? 1024 : 128, what, site);
  TensorBox box{map, {}, static_cast<char*>(const_cast<void*>(shared))};
  std::copy_n(at, rank, box.at.begin());
  for (int r = 0; r < map.rows(); ++r)
    if (const BoxRow row = row_of(box, r); row.first_byte < row.end_byte)
      access_global(global_access, row.global + row.first_byte, row.end_byte - row.first_byte, what, site);
  return box;
}

void Block::begin_load(void* shared, const TensorMap& map, void* address, const int* at, int rank,
                       Site site) {
  Mbarrier& barrier = mbarrier_at(address, "lets a TMA load arrive at", site);
  if (!barrier.visible_to_async)
    fail(FindingKind::missing_proxy_fence, [&] {
      return "begins a TMA load\n    at " + describe(site) + "\n  on an mbarrier that thread " +
             std::to_string(barrier.initialiser) + " initialised\n    at " + describe(barrier.site) +
             "\n  without fence_mbarrier_init";
    });
  const TensorBox box = tensor_box(map, at, rank, shared, AccessKind::read, "loads by TMA", site);
  const ActorClock clock = clock_behind(actors_.loads(barrier.index), barrier.loads + 1, {running_, 1});
  access_shared_as(clock, AccessKind::async_write, shared, map.box_bytes(), "loads by TMA to", site);
  loads_.push_back({box, arena_.offset(address), barrier.index, running_->index, site});
  if (moves_at_once()) land_load(loads_.size() - 1);
}

void Block::land_load(std::size_t index) {
  const TensorLoad load = loads_[index];
  loads_.erase(loads_.begin() + static_cast<std::ptrdiff_t>(index));
  const auto found = mbarriers_.find(load.barrier_offset);
  if (found == mbarriers_.end() || found->second.index != load.barrier_index)
    fail(FindingKind::misuse, [&] {
      return "is there when a TMA load lands that thread " + std::to_string(load.thread) + " began\n    at " +
             describe(load.site) + "\n  but the mbarrier that it completes on has been invalidated meanwhile";
    });
  Mbarrier& barrier = found->second;
  load.box.load();
  ++barrier.loads;
  if (plan_.check_memory) {
    const int actor = actors_.loads(barrier.index);
    const ActorClock clock{actor, barrier.loads, {}};
    shadow_.land(arena_.offset(load.box.shared), load.box.map.box_bytes(), clock, sites_.id(load.site));
    barrier.arrivals.contribute(actor, barrier.loads);
  }
  barrier.bytes -= load.box.map.box_bytes();
  if (barrier.bytes < -kMostMbarrierCount)
    fail(FindingKind::misuse, [&] {
      return "is there when a TMA load lands\n    at " + describe(load.site) +
             "\n  on an mbarrier to which nobody announces bytes: it is " + barrier.state();
    });
  complete_if_due(barrier);
}

void Block::begin_store(const TensorMap& map, const int* at, int rank, const void* shared, Site site) {
  DeviceThread& self = *running_;
  const TensorBox box = tensor_box(map, at, rank, shared, AccessKind::write, "stores by TMA", site);
  if (plan_.check_memory) {
    const auto group = static_cast<std::uint32_t>(self.committed_stores) + 1;
    const ActorClock clock = clock_behind(actors_.store(self.index), group, {running_, 1});
    each_inside(box, [&](const char* inside, const char*, std::size_t bytes) {
      access_shared_as(clock, AccessKind::async_read, inside, bytes, "stores by TMA from", site);
    });
  }
  self.stores.push_back({box, self.committed_stores, moves_at_once(), site});
  if (self.stores.back().moved) box.store();
}

void Block::finish_stores(int groups_left) {
  DeviceThread& self = *running_;
  const int finished = self.committed_stores - groups_left;
  bool any = false;  // a thread that only waits is no actor of TMA's
  while (!self.stores.empty() && self.stores.front().group < finished) {
    any = true;
    if (!self.stores.front().moved) self.stores.front().box.store();
    self.stores.pop_front();
  }
  if (plan_.check_memory && any)
    Lesson(actors_.store(self.index), static_cast<std::uint32_t>(finished)).teach(self.clock.knows);
}

void tma_load(void* shared, const TensorMap& map, void* barrier, const int* at, int rank, Site site) {
  Call()->begin_load(shared, map, barrier, at, rank, site);
}
void tma_store(const TensorMap& map, const int* at, int rank, const void* shared, Site site) {
  Call()->begin_store(map, at, rank, shared, site);
}
void tma_store_commit() {
  ++Call()->running()->committed_stores;
}
void tma_store_wait(int groups) {
  Call()->finish_stores(groups);
}

}  // namespace warpgauge::simt::emulator
