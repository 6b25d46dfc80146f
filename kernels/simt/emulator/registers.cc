// The registers of wgmma: touched only when no wgmma has them in flight, and fenced after they were written.
#include "kernels/simt/emulator/registers.h"

#include "kernels/simt/emulator/block.h"

namespace warpgauge::simt::emulator {

void Block::access_register(AccessKind kind, const void* address, std::size_t bytes, const char* what,
                            Site site) {
  DeviceThread& self = *running_;
  const auto offset = static_cast<std::size_t>(static_cast<const char*>(address) - self.fiber.stack().low);
  if (!self.registers.watches() || offset >= self.fiber.stack().bytes) return;
  const auto lane = static_cast<std::size_t>(self.lane);
  const auto in_flight = [&](const char* role, Site of) {
    fail(FindingKind::register_in_flight, [&] {
      return std::string(what) + " " + role + " of a wgmma before the wait for it\n    at " + describe(site) +
             "\n  the wgmma is\n    at " + describe(of);
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

// Registers of a wgmma that the lane has written must have been fenced since.
void Block::check_register_fence(const DeviceThread& thread, const void* registers, std::size_t bytes,
                                 Site site) {
  const auto offset =
      static_cast<std::size_t>(static_cast<const char*>(registers) - thread.fiber.stack().low);
  if (offset >= thread.fiber.stack().bytes)
    fail(FindingKind::misuse, [&] {
      return "gives wgmma registers that are no local array of the kernel\n    at " + describe(site);
    });
  if (!thread.registers.watches())
    fail(FindingKind::missing_register_fence,
         [&] { return "begins a wgmma without any wgmma_fence before\n    at " + describe(site); });
  if (const auto written = thread.registers.unfenced(offset, bytes))
    fail(FindingKind::missing_register_fence, [&] {
      return "begins a wgmma\n    at " + describe(site) + "\n  on registers that thread " +
             std::to_string(thread.index) + " wrote\n    at " + describe(sites_.site(*written)) +
             "\n  and no wgmma_fence comes between the two";
    });
}

}  // namespace warpgauge::simt::emulator
