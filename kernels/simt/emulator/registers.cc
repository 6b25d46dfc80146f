// Checks of wgmma registers: no access while a wgmma is in flight, and a fence between a write and a wgmma.
#include "kernels/simt/emulator/registers.h"

#include <fmt/format.h>

#include "kernels/simt/emulator/block.h"

namespace warpgauge::simt::emulator {

void Block::access_register(AccessKind kind, const void* address, std::size_t bytes, const char* what,
                            Site site) {
  DeviceThread& self = *running_;
  const auto offset = static_cast<std::size_t>(static_cast<const char*>(address) - self.fiber.stack().low);
  if (!self.registers.is_tracking() || offset >= self.fiber.stack().bytes) return;
  const auto lane = static_cast<std::size_t>(self.lane);
  const auto in_flight = [&](const char* role, Site of) {
    fail(FindingKind::register_in_flight, [&] {
      return fmt::format("{} {} of a wgmma in flight\n    at {}\n  the wgmma was issued\n    at {}", what,
                         role, describe(site), describe(of));
    });
  };
  for (const Accumulators& sums : wgmmas_[self.warp].accumulators)
    if (overlap(address, bytes, sums.registers[lane], sums.columns / 2 * sizeof(float)))
      in_flight("an accumulator", sums.site);
  for (const Product& product : wgmmas_[self.warp].products)
    if (product.operands.a_registers &&
        overlap(address, bytes, product.a_registers[lane], 4 * sizeof(std::uint32_t)))
      in_flight("a fragment of A", product.site);
  if (kind == AccessKind::write) self.registers.write(offset, bytes, sites_.id(site));
}

void Block::check_register_fence(const DeviceThread& thread, const void* registers, std::size_t bytes,
                                 Site site) {
  const auto offset =
      static_cast<std::size_t>(static_cast<const char*>(registers) - thread.fiber.stack().low);
  if (offset >= thread.fiber.stack().bytes)
    fail(FindingKind::misuse, [&] {
      return fmt::format("issues a wgmma whose registers are not a local array of the kernel\n    at {}",
                         describe(site));
    });
  if (!thread.registers.is_tracking())
    fail(FindingKind::missing_register_fence, [&] {
      return fmt::format("issues a wgmma before its first wgmma_fence\n    at {}", describe(site));
    });
  if (const auto written = thread.registers.unfenced(offset, bytes))
    fail(FindingKind::missing_register_fence, [&] {
      return fmt::format(
          "issues a wgmma\n    at {}\n  thread {} wrote its registers\n    at {}\n"
          "  no wgmma_fence is executed between the two",
          describe(site), thread.index, describe(sites_.site(*written)));
    });
}

}  // namespace warpgauge::simt::emulator
