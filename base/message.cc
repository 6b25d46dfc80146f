#include "base/message.h"

#include <fmt/format.h>

#include "base/console.h"

namespace warpgauge {

void print_error(std::string_view program, std::string_view what) {
  print_to_stderr(fmt::format("{}: error: {}\n", program, what));
}

void print_warning(std::string_view program, std::string_view what) {
  print_to_stderr(fmt::format("{}: warning: {}\n", program, what));
}

}  // namespace warpgauge
