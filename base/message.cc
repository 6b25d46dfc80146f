#include "base/message.h"

#include <fmt/format.h>

#include <iostream>

namespace warpgauge {

void print_error(std::string_view program, std::string_view what) {
  std::cerr << fmt::format("{}: error: {}\n", program, what);
}

void print_warning(std::string_view program, std::string_view what) {
  std::cerr << fmt::format("{}: warning: {}\n", program, what);
}

}  // namespace warpgauge
