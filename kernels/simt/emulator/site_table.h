// Maps the sites of a kernel's accesses to small ids, which shadow memory stores for every byte.
#pragma once

#include <array>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "kernels/simt/site.h"

namespace warpgauge::simt::emulator {

class SiteTable {
 public:
  static constexpr int kIdBits = 12;

  // Throws std::length_error if there are more than 2^kIdBits sites.
  std::uint32_t id(Site site) {
    // Fibonacci hashing with linear probing. The table is at most half full.
    std::size_t slot = (site.word() * 0x9e3779b97f4a7c15u) >> (64 - kSlotBits);
    while (slots_[slot].word != site.word()) {
      if (slots_[slot].word == 0) return insert(slot, site);
      slot = (slot + 1) % slots_.size();
    }
    return slots_[slot].id;
  }

  Site site(std::uint32_t id) const { return sites_[id]; }

 private:
  static constexpr int kSlotBits = kIdBits + 1;
  struct Slot {
    std::uint64_t word = 0;
    std::uint32_t id = 0;
  };

  std::uint32_t insert(std::size_t slot, Site site) {
    if (sites_.size() >> kIdBits)
      throw std::length_error(
          "emulator limit: the kernel accesses memory at more than 4096 source locations");
    const auto id = static_cast<std::uint32_t>(sites_.size());
    slots_[slot] = {site.word(), id};
    sites_.push_back(site);
    return id;
  }

  std::array<Slot, std::size_t{1} << kSlotBits> slots_{};
  std::vector<Site> sites_;
};

}  // namespace warpgauge::simt::emulator
