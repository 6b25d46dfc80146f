#include "kernels/simt/emulator/shadow_memory.h"

#include <algorithm>
#include <bit>
#include <new>
#include <stdexcept>
#include <utility>

#include "kernels/simt/warp_size.h"

namespace warpgauge::simt::emulator {
namespace {

constexpr int kEventBits = 32 - SiteTable::kIdBits;

std::uint32_t event_of(std::uint64_t record) {
  return static_cast<std::uint32_t>(record) & ((1u << kEventBits) - 1);
}
std::uint32_t site_of(std::uint64_t record) {
  return static_cast<std::uint32_t>(record) >> kEventBits;
}
std::uint32_t upper(std::uint64_t record) {
  return static_cast<std::uint32_t>(record >> 32);
}

bool is_async(AccessKind kind) {
  return kind == AccessKind::async_read || kind == AccessKind::async_write;
}

// Calls visit(record) for each run of equal records in [first, end). Usually there is one run, because the
// bytes of an access are recorded together. Returns the first result of visit that is not empty.
template <class Visit>
std::optional<Conflict> each_run(const std::uint64_t* records, std::size_t first, std::size_t end,
                                 Visit visit) {
  while (first < end) {
    const std::uint64_t record = records[first];
    std::uint64_t difference = 0;
    for (std::size_t i = first; i < end; ++i) difference |= records[i] ^ record;
    std::size_t run = end;
    if (difference != 0)
      run = static_cast<std::size_t>(
          std::find_if(records + first, records + end, [record](std::uint64_t r) { return r != record; }) -
          records);
    if (auto found = visit(record)) {
      found->offset = first;
      return found;
    }
    first = run;
  }
  return std::nullopt;
}

}  // namespace

ShadowMemory::ShadowMemory(std::size_t bytes, int warps, int async_warps)
    : bytes_(bytes),
      warps_(warps),
      used_warps_(warps),
      writes_(allocate(bytes)),
      reads_(allocate(bytes * static_cast<std::size_t>(warps + async_warps))) {}

// calloc: the system zeroes pages on first use.
ShadowMemory::Records ShadowMemory::allocate(std::size_t count) {
  void* memory = std::calloc(count + 1, sizeof(Record));
  if (!memory) throw std::bad_alloc();
  return {static_cast<Record*>(memory), std::free};
}

void ShadowMemory::reset(std::size_t bytes) {
  std::fill_n(writes_.get(), bytes, Record{0});
  for (int warp = 0; warp < used_warps_; ++warp)
    std::fill_n(reads_.get() + static_cast<std::size_t>(warp) * bytes_, bytes, Record{0});
  used_warps_ = warps_;
}

std::uint32_t ShadowMemory::stamp(const AgentClock& clock, std::uint32_t site) {
  if (clock.now >> kEventBits)
    throw std::length_error("emulator limit: a thread of a block synchronises more than 2^20 times");
  return clock.now | site << kEventBits;
}

ShadowMemory::Record ShadowMemory::write_record(State state, const AgentClock& clock, std::uint32_t site) {
  const std::uint32_t author = static_cast<std::uint32_t>(clock.agent) << 2 | state;
  return std::uint64_t{author} << 32 | stamp(clock, site);
}

std::optional<Conflict> ShadowMemory::conflict_with_write(AccessKind kind, Record write,
                                                          const AgentClock& clock) const {
  const std::uint32_t state = upper(write) & 3u;
  const int writer = static_cast<int>(upper(write) >> 2);
  const auto conflict = [&](FindingKind found) { return Conflict{found, 0, writer, true, site_of(write)}; };
  if (state == kNever) {
    const bool reads =
        kind == AccessKind::read || kind == AccessKind::atomic || kind == AccessKind::async_read;
    return reads ? std::optional(conflict(FindingKind::uninitialised)) : std::nullopt;
  }
  if (state == kCopyInFlight) return conflict(FindingKind::copy_in_flight);
  if (state == kWrittenAtomically && kind == AccessKind::atomic) return std::nullopt;
  if (!clock.ordered_after(writer, event_of(write))) return conflict(FindingKind::race);
  if (is_async(kind) && writer < warps_ * kWarpSize && !clock.fenced_after(writer, event_of(write)))
    return conflict(FindingKind::missing_proxy_fence);
  return std::nullopt;
}

std::optional<Conflict> ShadowMemory::conflict_with_reads(Record reads, int warp, const AgentClock& clock) {
  for (std::uint32_t lanes = upper(reads); lanes != 0; lanes &= lanes - 1) {
    const int reader = warp * kWarpSize + std::countr_zero(lanes);
    if (!clock.ordered_after(reader, event_of(reads)))
      return Conflict{FindingKind::race, 0, reader, false, site_of(reads)};
  }
  return std::nullopt;
}

void ShadowMemory::record_read(std::size_t offset, std::size_t bytes, const AgentClock& clock,
                               std::uint32_t site) {
  const int warp = clock.agent / kWarpSize;
  used_warps_ = std::max(used_warps_, warp + 1);
  Record* const reads = reads_.get() + static_cast<std::size_t>(warp) * bytes_ + offset;
  const std::uint32_t lane = 1u << (clock.agent % kWarpSize), now = stamp(clock, site);
  for (std::size_t i = 0; i < bytes; ++i) {
    const std::uint32_t others = event_of(reads[i]) == clock.now ? upper(reads[i]) : 0;
    reads[i] = std::uint64_t{others | lane} << 32 | now;
  }
}

std::optional<Conflict> ShadowMemory::access(AccessKind kind, std::size_t offset, std::size_t bytes,
                                             const AgentClock& clock, std::uint32_t site) {
  const std::size_t end = offset + bytes;
  std::optional<Conflict> uninitialised;
  auto conflict = each_run(writes_.get(), offset, end, [&](Record write) {
    auto found = conflict_with_write(kind, write, clock);
    if (found && found->kind == FindingKind::uninitialised)
      uninitialised = std::exchange(found, std::nullopt);
    return found;
  });
  if (conflict) return conflict;
  if (uninitialised)
    uninitialised->offset = static_cast<std::size_t>(
        std::find_if(writes_.get() + offset, writes_.get() + end, [](Record write) { return write == 0; }) -
        writes_.get());
  if (kind == AccessKind::read || kind == AccessKind::async_read) {
    record_read(offset, bytes, clock, site);
    return uninitialised;
  }
  for (int warp = 0; warp < used_warps_; ++warp) {
    const Record* const reads = reads_.get() + static_cast<std::size_t>(warp) * bytes_;
    conflict =
        each_run(reads, offset, end, [&](Record read) { return conflict_with_reads(read, warp, clock); });
    if (conflict) return conflict;
  }
  const bool is_copy = kind == AccessKind::copy || kind == AccessKind::async_write;
  const State state = is_copy ? kCopyInFlight : kind == AccessKind::atomic ? kWrittenAtomically : kWritten;
  std::fill_n(writes_.get() + offset, bytes, write_record(state, clock, site));
  return uninitialised;
}

void ShadowMemory::complete_copy(std::size_t offset, std::size_t bytes, const AgentClock& clock,
                                 std::uint32_t site) {
  std::fill_n(writes_.get() + offset, bytes, write_record(kWritten, clock, site));
}

}  // namespace warpgauge::simt::emulator
