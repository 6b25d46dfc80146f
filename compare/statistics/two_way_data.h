// The input of the two-way model (two_way_model.h): one number per unit and case.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace warpgauge {

struct TwoWayData {
  std::size_t cases = 0;
  std::vector<bool> head;  // [unit]: its side. A block is one unit of head, with head less base as its value
  std::vector<double> values;  // [unit][case], NaN if the unit lacks the case

  double at(std::size_t unit, std::size_t c) const { return values[unit * cases + c]; }
  // Index of a side: 0 base, 1 head.
  std::size_t side_of(std::size_t unit) const { return head[unit] ? 1 : 0; }
  // Whether the units are blocks.
  bool is_paired() const { return std::find(head.begin(), head.end(), false) == head.end(); }
};

}  // namespace warpgauge
