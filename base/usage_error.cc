#include "base/usage_error.h"

#include <fmt/format.h>

#include "base/diagnostic.h"

namespace warpgauge {

std::invalid_argument bad_value(std::string_view value, std::string_view what, std::string_view hint) {
  return std::invalid_argument(fmt::format("'{}' {}; {}", printable(value), what, hint));
}

UsageError bad_flag(std::string_view name, std::string_view value, std::string_view what,
                    std::string_view hint) {
  return UsageError(fmt::format("{}: {}", name, bad_value(value, what, hint).what()));
}

}  // namespace warpgauge
