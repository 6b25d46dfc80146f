// Bank conflicts of shared memory: 32 banks of 4 bytes, a different word of the same bank costs another pass.
//
// What the lanes of a warp access at one place of the source, each for the same time since the warp last met,
// counts as one access of the warp. Its lanes go in groups of 128 bytes' worth: 32 lanes of up to 4 bytes, 16
// of 8, 8 of 16.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/simt/emulator/plan.h"
#include "kernels/simt/site.h"

namespace warpgauge::simt::emulator {

class BankConflicts {
 public:
  explicit BankConflicts(int warps) : accesses_(static_cast<std::size_t>(warps)) {}

  void note(int warp, int lane, Site site, std::size_t offset, std::size_t bytes);

  // The warp meets: what was noted for it is complete.
  void flush(int warp);

  const Statistics& statistics() const { return statistics_; }

 private:
  struct Access {
    std::uint64_t site;
    int time;  // how often this lane was at this site since the warp met
    int lane;
    std::size_t offset;
    std::size_t bytes;
  };

  std::vector<std::vector<Access>> accesses_;  // [warps]
  Statistics statistics_;
};

}  // namespace warpgauge::simt::emulator
