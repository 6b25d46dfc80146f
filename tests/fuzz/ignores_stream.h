// cuda/ignores_stream: right, but it works on the default stream and not on its own. For builds with CUDA.
#pragma once

#include "kernels/kernel.h"

namespace warpgauge::faulty {

inline const Kernel kIgnoresStream{
    .name = "ignores_stream",
    .backend = Backend::cuda,
    .summary = "a planted fault",
    .deterministic = true,
    .supports = [](const Problem& p, const Tensors& t) { return find_kernel("cuda/naive")->supports(p, t); },
    .workspace_bytes = nullptr,
    .launch = [](const Problem& p, const Tensors& t,
                 const Launch&) { find_kernel("cuda/naive")->launch(p, t, {.stream = nullptr}); }};

}  // namespace warpgauge::faulty
