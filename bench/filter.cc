#include "bench/filter.h"

#include "base/flag_value.h"

namespace warpgauge::bench {

Filter::Filter(std::string_view text) : is_negative_(text.starts_with('-')) {
  if (is_negative_) text.remove_prefix(1);
  if (text.empty() || text == "all") text = ".";
  regex_ = regular_expression(text, std::regex::extended);
}

}  // namespace warpgauge::bench
