// Rounds of measuring: processes of one boot within an hour. What is slow about an hour is slow for all of
// its processes, which is why a stored baseline counts rounds and not processes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compare/baseline/baseline.h"
#include "compare/input/result_set.h"

namespace warpgauge {

// The round that these results would be in a baseline, without its numbers: its date is the latest process's.
BaselineRound describe_round(const ResultSet& results, const std::string& statistic);

// Why the results cannot be blessed as one round more; empty when they can. Not: results of several rounds, a
// round that is already in or may be (it has neither name nor date), one older than the last, one less than
// an hour after the last on the same boot. `stored`: the baseline's rounds, oldest first.
std::string reason_against_round(const ResultSet& results, const BaselineRound& round,
                                 std::span<const BaselineRound> stored);

}  // namespace warpgauge
