#include "compare/input/name_filter.h"

#include <algorithm>

namespace warpgauge {

NameFilter::NameFilter(std::string_view expression)
    : inverted_(expression.starts_with('-')), pattern_(expression.substr(inverted_ ? 1 : 0)) {}

bool NameFilter::keeps(std::string_view name) const {
  return keeps(name, name);
}

bool NameFilter::keeps(std::string_view name, std::string_view raw_name) const {
  return (pattern_.is_found_in(name) || (raw_name != name && pattern_.is_found_in(raw_name))) != inverted_;
}

bool NameFilter::keeps_any(std::span<const std::string> names) const {
  const auto found = [&](const std::string& name) { return pattern_.is_found_in(name); };
  return std::ranges::any_of(names, found) != inverted_;
}

}  // namespace warpgauge
