// The primitives, compiled for the emulator.
#include "kernels/simt/conformance/primitives.h"

namespace warpgauge::simt::conformance {

std::vector<Primitive> emulated_primitives() {
  return primitives_for_this_target();
}

}  // namespace warpgauge::simt::conformance
