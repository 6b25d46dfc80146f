// JSON as our files are written: keys in their order, and one line per element of the long arrays, so that
// git shows what changed.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace warpgauge {

using OrderedJson = nlohmann::ordered_json;

// On one line, or with `indent` spaces per level. Bytes that are not UTF-8 become U+FFFD: names come from
// foreign binaries.
[[nodiscard]] inline std::string json_text(const OrderedJson& value, int indent = -1) {
  return value.dump(indent, ' ', false, OrderedJson::error_handler_t::replace);
}

// An array with one line per element. `element(item)` makes the JSON of an item.
template <class Items, class Element>
[[nodiscard]] std::string json_lines(const Items& items, Element element) {
  std::string text = "[";
  const char* separator = "\n  ";
  for (const auto& item : items) {
    text += separator + json_text(element(item));
    separator = ",\n  ";
  }
  return text + "]";
}

}  // namespace warpgauge
