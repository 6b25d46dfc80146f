// --axis: values that replace an axis of all shapes of a matrix.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bench/shape.h"

namespace warpgauge::bench {

// The values of each axis, as they are written: S -> 448, 512.
//
// - B, H, Hkv, S, Sk, D, Dv, causal: S replaces Sk too if they were equal, and H replaces Hkv.
// - softcap, sinks, bias: 0 or "none" for none.
// - window: "LEFT,RIGHT" or "none"; values are separated by '/'. RIGHT = 0 makes the problem causal, any
// other
//   value makes it not causal, unless the axis causal is given.
using Axes = std::map<std::string, std::vector<std::string>>;

// Reads "S=448,512,640" into `axes`. Throws bad_value().
void parse_axis(std::string_view text, Axes& axes);

// "S=448,512,640": what parse_axis() reads.
[[nodiscard]] std::string axis_text(const std::string& name, const std::vector<std::string>& values);

// Each shape with all combinations of the values.
[[nodiscard]] std::vector<Shape> replace_axes(std::vector<Shape> shapes, const Axes& axes);

}  // namespace warpgauge::bench
