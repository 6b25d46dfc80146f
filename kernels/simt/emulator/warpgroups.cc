// What the warps of a warpgroup do together, and setmaxnreg.
#include <algorithm>

#include "kernels/simt/emulator/block.h"
#include "kernels/simt/emulator/device.h"

namespace warpgauge::simt::emulator {

void Block::step_in_warpgroup(const char* what, std::array<const void*, 2> operands, Site site) {
  const int warp = running_->warp, first = warp / kWarpsOfGroup * kWarpsOfGroup;
  if (first + kWarpsOfGroup > static_cast<int>(warps_.size()))
    fail(FindingKind::misuse, [&] {
      return std::string("is at ") + what + ", which takes a whole warpgroup, in the block's last " +
             std::to_string(static_cast<int>(warps_.size()) - first) + " warps\n    at " + describe(site);
    });
  for (int other = first; other < first + kWarpsOfGroup; ++other)
    if (warps_[other].exited == ~0u &&
        !warpgroups_[warp / kWarpsOfGroup].has_done(other - first, warp - first))
      fail(FindingKind::divergence, [&] {
        return std::string("is at ") + what + ", which takes the whole warpgroup, but warp " +
               std::to_string(other) + " of it has exited\n    at " + describe(site);
      });
  const WarpgroupStep step{what, site, operands};
  if (const WarpgroupStep* others = warpgroups_[warp / kWarpsOfGroup].take(warp % kWarpsOfGroup, step))
    fail(FindingKind::divergence, [&] {
      return std::string("is at ") + what + "\n    at " + describe(site) +
             "\n  where other warps of its warpgroup were at " + others->what + "\n    at " +
             describe(others->site) +
             (others->site == site ? "\n  with other operands in shared memory" : "");
    });
}

void Block::set_max_registers(int count, bool increase, Site site) {
  step_in_warpgroup("setmaxnreg", {}, site);
  int& held = registers_of_warp_[running_->warp];
  if (increase ? count < held : count > held)
    fail(FindingKind::misuse, [&] {
      return std::string(increase ? "raises" : "lowers") + " its registers from " + std::to_string(held) +
             " to " + std::to_string(count) + "\n    at " + describe(site);
    });
  held = count;
}

void set_max_registers(int count, bool increase, Site site) {
  Call block;
  block->meet_warp("setmaxnreg", nullptr, site,
                   [&](const Warp&) { block->set_max_registers(count, increase, site); });
}

// The same lane every time, as PTX has it, but which one is not said: another with another seed.
bool elect_one(Site site) {
  Call block;
  block->meet_warp("elect_one", nullptr, site, [](const Warp&) {});
  return block->running()->lane == static_cast<int>(block->plan().seed * 7 % kLanes);
}

}  // namespace warpgauge::simt::emulator
