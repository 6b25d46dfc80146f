// Counts bank conflicts of shared memory: 32 banks of 4 bytes. Accesses of a warp to different words of one
// bank are serialised.
//
// The n-th executions of a source location by the lanes of a warp, counted from the warp's last collective,
// form one access. It is split into accesses of at most 128 bytes: 32 lanes of up to 4 bytes, 16 of 8, 8 of
// 16.
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

  // Counts the noted accesses of the warp. Called at each collective of the warp.
  void flush(int warp);

  const Statistics& statistics() const { return statistics_; }

 private:
  struct Access {
    std::uint64_t site;
    int repetition;  // of this site by this lane since the last flush
    int lane;
    std::size_t offset;
    std::size_t bytes;
  };

  std::vector<std::vector<Access>> accesses_;  // [warps]
  Statistics statistics_;
};

}  // namespace warpgauge::simt::emulator
