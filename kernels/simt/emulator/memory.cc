// Every access of memory that is not the thread's own: bounds, alignment, initialisation, races.
#include <cstring>

#include "kernels/simt/emulator/block.h"
#include "kernels/simt/emulator/device.h"

namespace warpgauge::simt::emulator {

void* Block::carve(const char* name, std::size_t offset, std::size_t bytes, std::size_t alignment,
                   Site site) {
  const SharedArray* array = arena_.carve(name, offset, bytes);
  if (!array)
    fail(FindingKind::out_of_bounds, [&] {
      return std::string("carves shared array '") + name + "' of " + std::to_string(bytes) +
             " bytes at offset " + std::to_string(offset) + ", which neither fits into the launch's " +
             std::to_string(arena_.declared_bytes()) + " bytes nor is what other threads carved\n    at " +
             describe(site);
    });
  check_alignment(arena_.address(*array), alignment, "carves", site);
  return arena_.address(*array);
}

void Block::check_alignment(const void* address, std::size_t bytes, const char* what, Site site) {
  const std::size_t off = reinterpret_cast<std::uintptr_t>(address) & (bytes - 1);
  if (off == 0) return;
  fail(FindingKind::misaligned, [&] {
    return std::string(what) + " an address that is " + std::to_string(off) + " bytes off its alignment of " +
           std::to_string(bytes) + "\n    at " + describe(site);
  });
}

std::string Block::conflict_text(const Conflict& conflict) {
  if (conflict.kind == FindingKind::uninitialised) return ", which nobody has written";
  std::string text = "\n  " + actors_.name(conflict.other_actor);
  if (conflict.kind == FindingKind::copy_in_flight)
    text += " has a copy in flight to it";
  else
    text += conflict.other_wrote ? " wrote it" : " read it";
  text += "\n    at " + describe(sites_.site(conflict.other_site));
  if (conflict.kind == FindingKind::race) text += "\n  and no barrier orders the two";
  if (conflict.kind == FindingKind::missing_proxy_fence)
    text += "\n  and no fence_proxy_async comes between the two";
  return text;
}

void Block::access_shared(AccessKind kind, const void* address, std::size_t bytes, const char* what,
                          Site site) {
  if (plan_.count_bank_conflicts && arena_.contains(address))
    banks_.note(running_->warp, running_->lane, site, arena_.offset(address), bytes);
  access_shared_as(running_->clock, kind, address, bytes, what, site);
}

void Block::access_shared_as(const ActorClock& clock, AccessKind kind, const void* address, std::size_t bytes,
                             const char* what, Site site) {
  if (!plan_.check_memory) return;
  const std::size_t offset = arena_.offset(address);
  if (offset >= arena_.capacity())
    fail(FindingKind::out_of_bounds, [&] {
      return std::string(what) + " an address that is not in shared memory\n    at " + describe(site);
    });
  const auto size = [bytes] { return " " + std::to_string(bytes) + " bytes "; };
  if (!arena_.find(offset, bytes))
    fail(FindingKind::out_of_bounds,
         [&] { return what + size() + arena_.place(offset) + "\n    at " + describe(site); });
  if (!mbarriers_.empty()) check_mbarriers_spared(kind, offset, bytes, what, site);
  const auto conflict = shadow_.access(kind, offset, bytes, clock, sites_.id(site));
  if (conflict)
    fail(conflict->kind, [&] {
      return what + size() + arena_.place(conflict->offset) + "\n    at " + describe(site) +
             conflict_text(*conflict);
    });
}

void Block::access_global(AccessKind kind, const void* address, std::size_t bytes, const char* what,
                          Site site) {
  if (!plan_.check_memory) return;
  const auto holds = [&](const GlobalRange& range) {
    const auto offset =
        static_cast<std::size_t>(static_cast<const char*>(address) - static_cast<const char*>(range.data));
    return offset < range.bytes && bytes <= range.bytes - offset &&
           (kind == AccessKind::read || range.writable);
  };
  const std::vector<GlobalRange>& memory = plan_.memory;
  if (last_range_ < memory.size() && holds(memory[last_range_])) return;
  for (last_range_ = 0; last_range_ < memory.size(); ++last_range_)
    if (holds(memory[last_range_])) return;
  fail(FindingKind::out_of_bounds, [&] {
    std::string place = "of global memory that the launch did not give it";
    for (const GlobalRange& range : memory) {
      const auto distance = static_cast<const char*>(address) - static_cast<const char*>(range.data);
      if (distance < 0 || distance > static_cast<std::ptrdiff_t>(range.bytes + 4096)) continue;
      place = "at byte " + std::to_string(distance) + " of '" + range.name + "' (" +
              std::to_string(range.bytes) + " bytes" + (range.writable ? ")" : ", read only)");
    }
    return std::string(what) + " " + std::to_string(bytes) + " bytes " + place + "\n    at " + describe(site);
  });
}

void Block::access(AccessKind kind, const void* address, std::size_t bytes, const char* what, Site site) {
  if (arena_.contains(address))
    access_shared(kind, address, bytes, what, site);
  else if (running_->fiber.stack().contains(address))
    access_register(kind, address, bytes, what, site);
  else
    access_global(kind, address, bytes, what, site);
}

int thread_index() {
  return Block::current()->running()->index;
}
int block_index(int axis) {
  return Block::current()->index(axis);
}
int grid_size(int axis) {
  return Block::current()->plan().grid[axis];
}

void* carve_shared(const char* name, std::size_t offset, std::size_t bytes, std::size_t alignment,
                   Site site) {
  return Call()->carve(name, offset, bytes, alignment, site);
}

void load(void* to, const void* address, std::size_t bytes, Site site) {
  Call block;
  block->check_alignment(address, bytes, "loads from", site);
  block->access(AccessKind::read, address, bytes, "loads", site);
  std::memcpy(to, address, bytes);
}

void store(void* address, const void* from, std::size_t bytes, Site site) {
  Call block;
  block->check_alignment(address, bytes, "stores to", site);
  block->access(AccessKind::write, address, bytes, "stores", site);
  std::memcpy(address, from, bytes);
}

std::uint32_t atomic_load(const void* address, Site site) {
  Call block;
  block->check_alignment(address, sizeof(std::uint32_t), "updates", site);
  block->access(AccessKind::atomic, address, sizeof(std::uint32_t), "updates atomically", site);
  return __atomic_load_n(static_cast<const std::uint32_t*>(address), __ATOMIC_RELAXED);
}

// Other blocks may run on other OS threads: an update of global memory has to be atomic here too.
bool atomic_replace(void* address, std::uint32_t& expected, std::uint32_t desired) {
  return __atomic_compare_exchange_n(static_cast<std::uint32_t*>(address), &expected, desired, false,
                                     __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

}  // namespace warpgauge::simt::emulator
