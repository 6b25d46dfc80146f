// A number that is not finite is left out of JSON.
#pragma once

#include <cmath>
#include <string>

#include "base/json_text.h"

namespace warpgauge::bench {

using Json = OrderedJson;

inline void put_number(Json& object, const std::string& key, double value) {
  if (std::isfinite(value)) object[key] = value;
}

}  // namespace warpgauge::bench
