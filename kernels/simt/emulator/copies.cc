// cp.async: copies from global to shared memory.
#include <fmt/format.h>

#include <cstring>

#include "kernels/simt/emulator/block.h"
#include "kernels/simt/emulator/device.h"

namespace warpgauge::simt::emulator {
namespace {

void copy_bytes(PendingCopy& copy) {
  std::memcpy(copy.target, copy.source, copy.source_bytes);
  std::memset(copy.target + copy.source_bytes, 0, copy.bytes - copy.source_bytes);
  copy.copied = true;
}

}  // namespace

void Block::issue_copy(void* target, const void* source, int bytes, int source_bytes, Site site) {
  if (source_bytes < 0 || source_bytes > bytes)
    fail(FindingKind::misuse, [&] {
      return fmt::format("issues a copy_async of {} source bytes; allowed: 0..{}\n    at {}", source_bytes,
                         bytes, describe(site));
    });
  check_alignment(target, bytes, "(cp.async) writes", site);
  check_alignment(source, bytes, "(cp.async) reads", site);
  access_shared(AccessKind::copy, target, bytes, "(cp.async) writes", site);
  if (source_bytes > 0) access_global(AccessKind::read, source, source_bytes, "(cp.async) reads", site);
  DeviceThread& self = *running_;
  PendingCopy& copy = self.copies.emplace_back(PendingCopy{static_cast<char*>(target), source, bytes,
                                                           source_bytes, false, self.committed_groups, site});
  if (completes_eagerly()) copy_bytes(copy);
}

void Block::complete_copies(int groups_left) {
  DeviceThread& self = *running_;
  while (!self.copies.empty() && self.copies.front().group < self.committed_groups - groups_left) {
    PendingCopy& copy = self.copies.front();
    if (!copy.copied) copy_bytes(copy);
    if (plan_.check_memory)
      shadow_.complete_copy(arena_.offset(copy.target), copy.bytes, self.clock, sites_.id(copy.site));
    self.copies.pop_front();
  }
}

void copy_async(void* shared, const void* global, int bytes, int source_bytes, Site site) {
  Call()->issue_copy(shared, global, bytes, source_bytes, site);
}

void copy_async_commit() {
  ++Call()->running()->committed_groups;
}

void copy_async_wait(int groups) {
  Call()->complete_copies(groups);
}

}  // namespace warpgauge::simt::emulator
