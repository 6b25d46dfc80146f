#include "bench/filter.h"

namespace warpgauge::bench {
namespace {

std::string_view expression_of(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return text.empty() || text == "all" ? "." : text;
}

}  // namespace

Filter::Filter(std::string_view text) : is_negative_(text.starts_with('-')), pattern_(expression_of(text)) {}

}  // namespace warpgauge::bench
