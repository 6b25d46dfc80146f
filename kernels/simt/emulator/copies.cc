// Asynchronous copies from global to shared memory.
#include <cstring>

#include "kernels/simt/emulator/block.h"
#include "kernels/simt/emulator/device.h"

namespace warpgauge::simt::emulator {
namespace {

void move_bytes(PendingCopy& copy) {
  std::memcpy(copy.target, copy.source, copy.source_bytes);
  std::memset(copy.target + copy.source_bytes, 0, copy.bytes - copy.source_bytes);
  copy.moved = true;
}

}  // namespace

void Block::begin_copy(void* target, const void* source, int bytes, int source_bytes, Site site) {
  if (source_bytes < 0 || source_bytes > bytes)
    fail(FindingKind::misuse, [&] {
      return "copies " + std::to_string(source_bytes) + " of " + std::to_string(bytes) + " bytes\n    at " +
             describe(site);
    });
  check_alignment(target, bytes, "copies to", site);
  check_alignment(source, bytes, "copies from", site);
  access_shared(AccessKind::copy, target, bytes, "copies to", site);
  if (source_bytes > 0) access_global(AccessKind::read, source, source_bytes, "copies from", site);
  DeviceThread& self = *running_;
  PendingCopy& copy = self.copies.emplace_back(PendingCopy{static_cast<char*>(target), source, bytes,
                                                           source_bytes, false, self.committed_groups, site});
  if (moves_at_once()) move_bytes(copy);
}

void Block::land_copies(int groups_left) {
  DeviceThread& self = *running_;
  while (!self.copies.empty() && self.copies.front().group < self.committed_groups - groups_left) {
    PendingCopy& copy = self.copies.front();
    if (!copy.moved) move_bytes(copy);
    if (plan_.check_memory)
      shadow_.land(arena_.offset(copy.target), copy.bytes, self.clock, sites_.id(copy.site));
    self.copies.pop_front();
  }
}

void copy_async(void* shared, const void* global, int bytes, int source_bytes, Site site) {
  Call()->begin_copy(shared, global, bytes, source_bytes, site);
}

void copy_async_commit() {
  ++Call()->running()->committed_groups;
}

void copy_async_wait(int groups) {
  Call()->land_copies(groups);
}

}  // namespace warpgauge::simt::emulator
