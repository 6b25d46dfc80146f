// A stored baseline as one side of a comparison. baseline/ creates it.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "compare/input/result_set.h"
#include "compare/statistics/known_speeds.h"
#include "compare/statistics/statistic.h"

namespace warpgauge {

struct StoredSide {
  ResultSet results;  // one process, for matching and the hardware check; a repetition is a round
  Metric metric;
  Statistic statistic = Statistic::q25;
  // [case][round]: log of the round's number, of its reciprocal if higher is better; NaN if the round does
  // not count.
  std::map<std::string, std::vector<double>> numbers;
  std::map<std::string, std::vector<double>> values;         // [case][round]: the same in the metric's unit
  std::map<std::string, std::vector<StoredNumber>> history;  // [case]: those that do not count, too
  std::set<std::string> failed;                              // cases that failed in the last accepted round
  std::int64_t samples = 0;  // fewest per process and case in the last round; 0 if unknown
};

}  // namespace warpgauge
