// Shadow memory: for each byte of shared memory, the last write and the last reads, with agent, event and
// site.
//
// The race detector is FastTrack (Flanagan and Freund 2009). It keeps one record per byte for the last write,
// and one per byte and warp for the last reads. Two accesses race if at least one writes, they are not both
// atomic, and no synchronisation orders them. The detector never reports an ordered pair. It misses a race
// with a read if a later, unordered read by the same warp has replaced the record.
//
// Asynchronous readers (wgmma, TMA stores) are agents in additional warps. An async access of memory that a
// thread wrote also requires a proxy fence in between.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>

#include "kernels/simt/emulator/finding.h"
#include "kernels/simt/emulator/site_table.h"
#include "kernels/simt/emulator/vector_clock.h"

namespace warpgauge::simt::emulator {

enum class AccessKind {
  read,
  write,
  atomic,
  copy,         // the write of a cp.async, which completes later
  async_read,   // by the async proxy
  async_write,  // by the async proxy; completes later
};

// An access and the earlier one with which it conflicts. An uninitialised read has no earlier one.
struct Conflict {
  FindingKind kind;
  std::size_t offset;
  int other_agent;
  bool other_wrote;
  std::uint32_t other_site;
};

class ShadowMemory {
 public:
  // The first `warps` warps of agents are threads, the next `async_warps` are asynchronous readers. Agents
  // after them only write.
  ShadowMemory(std::size_t bytes, int warps, int async_warps);

  // Marks the first `bytes` as uninitialised.
  void reset(std::size_t bytes);

  // Checks an access by the agent of `clock`, and records it if there is no conflict. An uninitialised read
  // is recorded too: it conflicts with later writes.
  std::optional<Conflict> access(AccessKind kind, std::size_t offset, std::size_t bytes,
                                 const AgentClock& clock, std::uint32_t site);

  // Turns a copy in flight into a write by the agent of `clock`.
  void complete_copy(std::size_t offset, std::size_t bytes, const AgentClock& clock, std::uint32_t site);

 private:
  // Low half: event and site. High half: of a write, agent and state; of reads, the mask of lanes that read
  // at this event. Zero: no access.
  using Record = std::uint64_t;
  enum State : std::uint32_t { kNever, kWritten, kWrittenAtomically, kCopyInFlight };
  using Records = std::unique_ptr<Record[], void (*)(void*)>;

  static Records allocate(std::size_t count);
  static std::uint32_t stamp(const AgentClock& clock, std::uint32_t site);
  static Record write_record(State state, const AgentClock& clock, std::uint32_t site);
  std::optional<Conflict> conflict_with_write(AccessKind kind, Record write, const AgentClock& clock) const;
  static std::optional<Conflict> conflict_with_reads(Record reads, int warp, const AgentClock& clock);
  void record_read(std::size_t offset, std::size_t bytes, const AgentClock& clock, std::uint32_t site);

  std::size_t bytes_;
  int warps_;
  int used_warps_;  // warps of threads, and of asynchronous readers that have read since reset
  Records writes_;  // [bytes]
  Records reads_;   // [all warps, bytes]
};

}  // namespace warpgauge::simt::emulator
