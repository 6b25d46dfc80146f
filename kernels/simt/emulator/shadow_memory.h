// What is known about every byte of shared memory: who wrote it last, who read it since, when and where.
//
// The race detector is FastTrack's (Flanagan and Freund 2009), with the readers of a warp kept together: one
// record a byte for the last write, one a byte and warp for the last reads. Two accesses race when at least
// one writes, they are not both atomic, and neither is ordered before the other by barriers. It never reports
// an ordered pair; it can miss a read that a later, unordered read of the same warp has replaced.
//
// Those who read behind the threads' backs (wgmma, TMA stores) are actors of further warps. An asynchronous
// access of what a thread wrote needs a proxy fence between the two as well.
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
  copy,  // cp.async: a write that lands later
  async_read,
  async_write,  // TMA's: lands later
};

// What an access runs into: an earlier access, or for an uninitialised read nothing.
struct Conflict {
  FindingKind kind;
  std::size_t offset;
  int other_actor;
  bool other_wrote;
  std::uint32_t other_site;
};

class ShadowMemory {
 public:
  // Threads fill the first `warps` warps, other readers the `async_warps` after them; actors from there on
  // only write.
  ShadowMemory(std::size_t bytes, int warps, int async_warps);

  // Forgets the first `bytes`: they are uninitialised.
  void reset(std::size_t bytes);

  // Checks and records an access of `bytes` at `offset` by the actor of `clock`.
  std::optional<Conflict> access(AccessKind kind, std::size_t offset, std::size_t bytes,
                                 const ActorClock& clock, std::uint32_t site);

  // The copy that the actor of `clock` began there has landed.
  void land(std::size_t offset, std::size_t bytes, const ActorClock& clock, std::uint32_t site);

 private:
  // A record is one word: the low half is a time and a site, the high half for a write its thread and state,
  // for a read the lanes of the warp that read it then. Zero is "never".
  using Record = std::uint64_t;
  enum State : std::uint32_t { kNever, kWritten, kWrittenAtomically, kCopyInFlight };
  using Records = std::unique_ptr<Record[], void (*)(void*)>;

  static Records allocate(std::size_t count);
  static std::uint32_t stamp(const ActorClock& clock, std::uint32_t site);
  static Record write_record(State state, const ActorClock& clock, std::uint32_t site);
  std::optional<Conflict> against_write(AccessKind kind, Record write, const ActorClock& clock) const;
  static std::optional<Conflict> against_reads(Record reads, int warp, const ActorClock& clock);
  void note_read(std::size_t offset, std::size_t bytes, const ActorClock& clock, std::uint32_t site);

  std::size_t bytes_;
  int warps_;
  int used_warps_;  // the threads', and those of other readers that have read since reset
  Records writes_;  // [bytes]
  Records reads_;   // [all warps, bytes]
};

}  // namespace warpgauge::simt::emulator
