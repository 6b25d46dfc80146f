// The versions of the libraries that kernels call. They are shared libraries, so an upgrade can change
// results and speed without a new build.
#pragma once

#include <string>

namespace warpgauge {

// The loaded versions: "OpenBLAS 0.3.21 ... SkylakeX MAX_THREADS=64; cuBLAS 13.1.0".
std::string library_versions();

}  // namespace warpgauge
