// What a program prints on stderr about a run: "PROGRAM: error: WHAT", one style for all programs. WHAT says
// what happened, where, and after a semicolon what to do about it.
#pragma once

#include <string_view>

namespace warpgauge {

void print_error(std::string_view program, std::string_view what);
void print_warning(std::string_view program, std::string_view what);  // the run goes on

}  // namespace warpgauge
