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

// The processes of each round, as indices into `results`, in the order of their first process. A process
// without context.warpgauge.round is a round of its own.
std::vector<std::vector<std::size_t>> rounds_of(const ResultSet& results);

// Seconds since 1970 of a date as Google Benchmark writes it, "2026-11-20T21:10:26+01:00"; without an offset
// it is taken as UTC. Nothing when it is no such date.
std::optional<std::int64_t> parse_date(std::string_view text);

// Gives a date to results that tell none, as nvbench's. Throws std::invalid_argument when it is no date, or
// when one of them has its own.
void date_results(ResultSet& results, const std::string& date);

// The round that these results would be in a baseline, without its numbers: its date is the latest process's.
BaselineRound describe_round(const ResultSet& results, const std::string& statistic);

// Why the results cannot be blessed as one round more; empty when they can. Not: results of several rounds, a
// round that is already in or may be (it has neither name nor date), one older than the last, one less than
// an hour after the last on the same boot. `stored`: the baseline's rounds, oldest first.
std::string reason_against_round(const ResultSet& results, const BaselineRound& round,
                                 std::span<const BaselineRound> stored);

}  // namespace warpgauge
