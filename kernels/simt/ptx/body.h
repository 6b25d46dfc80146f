// The body of a function: registers, variables, labels and instructions.
#pragma once

#include "kernels/simt/ptx/lexer.h"
#include "kernels/simt/ptx/module.h"

namespace warpgauge::ptx {

// Reads the body of `function`, whose opening brace was read, with its closing brace. Names that it does not
// declare are looked up in `module`.
void read_body(Lexer& lexer, Module& module, Function& function);

}  // namespace warpgauge::ptx
