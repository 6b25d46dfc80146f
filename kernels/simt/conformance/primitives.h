// The primitives of all architectures, for the target that the including source file is compiled for. To add
// an architecture, add a header like ampere.h and its list here.
#pragma once

#include "kernels/simt/conformance/ampere.h"
#include "kernels/simt/conformance/hopper.h"
#include "kernels/simt/conformance/hopper_wgmma.h"

namespace warpgauge::simt::conformance {
namespace {

std::vector<Primitive> primitives_for_this_target() {
  std::vector<Primitive> all;
  for (const auto& list : {ampere_primitives(), hopper_primitives(), hopper_wgmma_primitives()})
    all.insert(all.end(), list.begin(), list.end());
  return all;
}

}  // namespace
}  // namespace warpgauge::simt::conformance
