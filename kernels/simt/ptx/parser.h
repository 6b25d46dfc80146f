// Parses PTX text as nvcc, NVRTC, clang and Triton print it (PTX ISA 9).
#pragma once

#include <string>

#include "kernels/simt/ptx/error.h"
#include "kernels/simt/ptx/module.h"

namespace warpgauge::ptx {

// `name` is the file or the program in messages. Throws Error: the text is no PTX, or has a declaration that
// is not supported.
Module parse(std::string text, std::string name);

}  // namespace warpgauge::ptx
