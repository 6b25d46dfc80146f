// The libraries that kernels call. They are shared ones, and so no part of the program's file: an upgrade
// changes what a kernel computes, and how fast.
#pragma once

#include <string>

namespace warpgauge {

// As loaded: "OpenBLAS 0.3.21 ... SkylakeX MAX_THREADS=64; cuBLAS 13.1.0".
std::string library_versions();

}  // namespace warpgauge
