// The matrix `models`: attention as models in use compute it, in one layer.
#pragma once

#include <vector>

#include "bench/shape.h"

namespace warpgauge::bench {

// With the numbers of the models: a batch of 1 for prefill and 8 for decoding. Shape::source names the model.
[[nodiscard]] std::vector<Shape> model_shapes();

// The same for a CPU: a batch of 1, one key/value head with its query heads, and lengths above 2,048 divided
// by 8, with their windows.
[[nodiscard]] std::vector<Shape> model_shapes_for_cpu();

}  // namespace warpgauge::bench
