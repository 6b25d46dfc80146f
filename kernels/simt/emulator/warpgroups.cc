// Instructions that all warps of a warpgroup must execute, setmaxnreg, and elect.
#include <fmt/format.h>

#include <algorithm>

#include "kernels/simt/emulator/block.h"
#include "kernels/simt/emulator/device.h"

namespace warpgauge::simt::emulator {

void Block::check_warpgroup_step(const char* what, std::array<const void*, 2> operands, Site site) {
  const int warp = running_->warp, first = warp / kWarpsPerWarpgroup * kWarpsPerWarpgroup;
  if (first + kWarpsPerWarpgroup > static_cast<int>(warps_.size()))
    fail(FindingKind::misuse, [&] {
      return fmt::format(
          "executes {}, which requires a whole warpgroup, in one of the last {} warps of the block\n    at "
          "{}",
          what, static_cast<int>(warps_.size()) - first, describe(site));
    });
  for (int other = first; other < first + kWarpsPerWarpgroup; ++other)
    if (warps_[other].exited == kFullMask &&
        !warpgroups_[warp / kWarpsPerWarpgroup].is_ahead(other - first, warp - first))
      fail(FindingKind::divergence, [&] {
        return fmt::format(
            "executes {}, which requires the whole warpgroup, but warp {} of it has exited\n    at {}", what,
            other, describe(site));
      });
  const WarpgroupStep step{what, site, operands};
  if (const WarpgroupStep* others =
          warpgroups_[warp / kWarpsPerWarpgroup].record(warp % kWarpsPerWarpgroup, step))
    fail(FindingKind::divergence, [&] {
      return fmt::format("executes {}\n    at {}\n  other warps of its warpgroup executed {}{}\n    at {}",
                         what, describe(site), others->what,
                         others->site == site ? " with different shared operands" : "",
                         describe(others->site));
    });
}

void Block::set_max_registers(int count, bool increase, Site site) {
  check_warpgroup_step("setmaxnreg", {}, site);
  int& held = registers_of_warp_[running_->warp];
  if (increase ? count < held : count > held)
    fail(FindingKind::misuse, [&] {
      return fmt::format("executes {}_registers<{}>, which would {} its {} registers per thread\n    at {}",
                         increase ? "raise" : "lower", count, increase ? "lower" : "raise", held,
                         describe(site));
    });
  held = count;
}

void set_max_registers(int count, bool increase, Site site) {
  Call block;
  block->collective("setmaxnreg", nullptr, site,
                    [&](const Warp&) { block->set_max_registers(count, increase, site); });
}

// The PTX ISA does not specify which lane is elected, so it depends on the seed.
bool elect_one(Site site) {
  Call block;
  block->collective("elect_one", nullptr, site, [](const Warp&) {});
  return block->running()->lane == static_cast<int>(block->plan().seed * 7 % kWarpSize);
}

}  // namespace warpgauge::simt::emulator
