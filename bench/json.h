// JSON that is written: keys keep their order, a number that is not finite is left out, and bytes that are
// not UTF-8 are replaced.
#pragma once

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

namespace warpgauge::bench {

using Json = nlohmann::ordered_json;

inline void put_number(Json& object, const std::string& key, double value) {
  if (std::isfinite(value)) object[key] = value;
}

[[nodiscard]] inline std::string json_text(const Json& json, int indent = -1) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace warpgauge::bench
