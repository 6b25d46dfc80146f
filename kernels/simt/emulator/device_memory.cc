// Checks of shared and global memory accesses: bounds, alignment, initialisation, races.
#include <fmt/format.h>

#include <cstring>

#include "kernels/simt/emulator/block.h"
#include "kernels/simt/emulator/device.h"

namespace warpgauge::simt::emulator {

void* Block::allocate_shared(const char* name, std::size_t offset, std::size_t bytes, std::size_t alignment,
                             Site site) {
  const SharedArray* array = arena_.allocate(name, offset, bytes);
  if (!array)
    fail(FindingKind::out_of_bounds, [&] {
      return fmt::format(
          "allocates shared array '{}' of {} bytes at offset {}\n    at {}\n  it exceeds the {} bytes of the "
          "launch, or other threads allocated a different array there",
          name, bytes, offset, describe(site), arena_.declared_bytes());
    });
  check_alignment(arena_.address(*array), alignment, "allocates an array at", site);
  return arena_.address(*array);
}

void Block::check_alignment(const void* address, std::size_t bytes, const char* what, Site site) {
  const std::size_t off = reinterpret_cast<std::uintptr_t>(address) & (bytes - 1);
  if (off == 0) return;
  fail(FindingKind::misaligned, [&] {
    return fmt::format("{} a misaligned address: {} bytes past a multiple of {}\n    at {}", what, off, bytes,
                       describe(site));
  });
}

std::string Block::conflict_text(const Conflict& conflict) {
  const char* const did = conflict.kind == FindingKind::copy_in_flight ? "has a copy in flight to it"
                          : conflict.other_wrote                       ? "wrote it"
                                                                       : "read it";
  std::string text = fmt::format("\n  {} {}\n    at {}", agents_.name(conflict.other_agent), did,
                                 describe(sites_.site(conflict.other_site)));
  if (conflict.kind == FindingKind::race) text += "\n  no barrier orders the two accesses";
  if (conflict.kind == FindingKind::missing_proxy_fence)
    text += "\n  no fence_proxy_async is executed between the two accesses";
  return text;
}

void Block::access_shared(AccessKind kind, const void* address, std::size_t bytes, const char* what,
                          Site site) {
  if (plan_.count_bank_conflicts && arena_.contains(address))
    banks_.note(running_->warp, running_->lane, site, arena_.offset(address), bytes);
  access_shared_as(running_->clock, kind, address, bytes, what, site);
}

void Block::access_shared_as(const AgentClock& clock, AccessKind kind, const void* address, std::size_t bytes,
                             const char* what, Site site) {
  if (!plan_.check_memory) return;
  const std::size_t offset = arena_.offset(address);
  if (offset >= arena_.capacity())
    fail(FindingKind::out_of_bounds, [&] {
      return fmt::format("{} an address that is not in shared memory\n    at {}", what, describe(site));
    });
  const auto access_text = [&](std::size_t at) {
    return fmt::format("{} {} bytes {}\n    at {}", what, bytes, arena_.place(at), describe(site));
  };
  if (!arena_.find(offset, bytes)) fail(FindingKind::out_of_bounds, [&] { return access_text(offset); });
  behaviour_.note(offset, bytes << 8 | static_cast<std::uint64_t>(kind), site);
  if (!mbarriers_.empty()) check_mbarrier_overwrite(kind, offset, bytes, what, site);
  const auto conflict = shadow_.access(kind, offset, bytes, clock, sites_.id(site));
  if (!conflict) return;
  if (conflict->kind != FindingKind::uninitialised)
    fail(conflict->kind, [&] { return access_text(conflict->offset) + conflict_text(*conflict); });
  if (uninitialised_) return;
  uninitialised_ = UninitialisedRead{
      running_->index, fmt::format("{} {} bytes {}", what, bytes, arena_.place(conflict->offset)), site};
}

void Block::access_global(AccessKind kind, const void* address, std::size_t bytes, const char* what,
                          Site site) {
  if (!plan_.check_memory) return;
  behaviour_.note(reinterpret_cast<std::uintptr_t>(address), bytes << 8 | static_cast<std::uint64_t>(kind),
                  site);
  const auto holds = [&](const GlobalRange& range) {
    const auto offset =
        static_cast<std::size_t>(static_cast<const char*>(address) - static_cast<const char*>(range.data));
    return offset < range.bytes && bytes <= range.bytes - offset &&
           (kind == AccessKind::read || range.writable);
  };
  const std::vector<GlobalRange>& memory = plan_.memory;
  const auto order = [&] {
    if (memory[last_range_].writable) order_global_access(kind, address, bytes, what, site);
  };
  if (last_range_ < memory.size() && holds(memory[last_range_])) return order();
  for (last_range_ = 0; last_range_ < memory.size(); ++last_range_)
    if (holds(memory[last_range_])) return order();
  fail(FindingKind::out_of_bounds, [&] {
    constexpr std::size_t kNearbyBytes = 4096;  // past the end of an array: an overrun of it
    std::string place = "of global memory that is not in the launch's list";
    for (const GlobalRange& range : memory) {
      const auto distance = static_cast<const char*>(address) - static_cast<const char*>(range.data);
      if (distance < 0 || distance > static_cast<std::ptrdiff_t>(range.bytes + kNearbyBytes)) continue;
      place = fmt::format("at byte {} of '{}' ({} bytes{})", distance, range.name, range.bytes,
                          range.writable ? "" : ", read-only");
    }
    return fmt::format("{} {} bytes {}\n    at {}", what, bytes, place, describe(site));
  });
}

std::string Block::block_name(std::int64_t linear_index) const {
  const std::int64_t x = plan_.grid[0], y = plan_.grid[1];
  return fmt::format("({}, {}, {})", linear_index % x, linear_index / x % y, linear_index / x / y);
}

void Block::order_global_access(AccessKind kind, const void* address, std::size_t bytes, const char* what,
                                Site site) {
  if (!has_turn_) global_.wait_for_turn(position_);
  has_turn_ = true;
  const auto earlier =
      global_.access(kind, last_range_, address, bytes, linear_index_, running_->clock, site, journal_);
  if (!earlier) return;
  fail(FindingKind::race, [&] {
    const GlobalRange& range = plan_.memory[last_range_];
    const bool same_block = earlier->block() == linear_index_;
    return fmt::format(
        "{} {} bytes at byte {} of '{}' ({} bytes)\n    at {}\n  {}{} wrote it\n    at {}\n  {}", what, bytes,
        static_cast<const char*>(address) - static_cast<const char*>(range.data), range.name, range.bytes,
        describe(site), agents_.name(earlier->agent),
        same_block ? "" : " of block " + block_name(earlier->block()), describe(earlier->site),
        same_block ? "no barrier orders the two accesses"
                   : "no atomics with fences (threadfence) order the two blocks");
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

void* allocate_shared(const char* name, std::size_t offset, std::size_t bytes, std::size_t alignment,
                      Site site) {
  return Call()->allocate_shared(name, offset, bytes, alignment, site);
}

void load(void* to, const void* address, std::size_t bytes, Site site) {
  Call block;
  block->check_alignment(address, bytes, "reads", site);
  block->access(AccessKind::read, address, bytes, "reads", site);
  std::memcpy(to, address, bytes);
}

void store(void* address, const void* from, std::size_t bytes, Site site) {
  Call block;
  block->check_alignment(address, bytes, "writes", site);
  block->access(AccessKind::write, address, bytes, "writes", site);
  std::memcpy(address, from, bytes);
}

std::uint32_t atomic_load(const void* address, Site site) {
  Call block;
  block->check_alignment(address, sizeof(std::uint32_t), "(atomic) updates", site);
  block->access(AccessKind::atomic, address, sizeof(std::uint32_t), "(atomic) updates", site);
  return __atomic_load_n(static_cast<const std::uint32_t*>(address), __ATOMIC_RELAXED);
}

// Atomic on the host too, since other blocks may run on other OS threads.
bool atomic_replace(void* address, std::uint32_t& expected, std::uint32_t desired) {
  return __atomic_compare_exchange_n(static_cast<std::uint32_t*>(address), &expected, desired, false,
                                     __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

}  // namespace warpgauge::simt::emulator
