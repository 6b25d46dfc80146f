// What a block does: its accesses of memory and its collectives in their order, as a hash. Two runs of a
// block with different contents of uninitialised memory must behave in the same way, and write the same
// values.
#pragma once

#include <cstdint>

#include "kernels/simt/site.h"

namespace warpgauge::simt::emulator {

// Thrown if a run does far more than the one with which it is compared: it may not end.
struct BehavesDifferently {};

class Behaviour {
 public:
  // Off: notes nothing, as in all runs that are not compared. Notes would take as long as the checks of an
  // access.
  Behaviour() = default;
  static Behaviour unlimited() { return Behaviour(~std::uint64_t{0}); }
  // Of a run that is compared with this one.
  Behaviour limit() const { return Behaviour(2 * steps_ + 1000); }

  void note(std::uint64_t where, std::uint64_t what, Site site) {
    if (most_steps_ == 0) return;
    for (const std::uint64_t word : {where, what, site.word()})
      hash_ = (hash_ ^ word) * 0x9fb21c651e98df25u + (hash_ >> 29);
    if (++steps_ > most_steps_) throw BehavesDifferently{};
  }
  bool same_as(const Behaviour& other) const { return hash_ == other.hash_ && steps_ == other.steps_; }

 private:
  explicit Behaviour(std::uint64_t most_steps) : most_steps_(most_steps) {}

  std::uint64_t hash_ = 0, steps_ = 0, most_steps_ = 0;  // 0: off
};

}  // namespace warpgauge::simt::emulator
