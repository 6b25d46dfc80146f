// Rounds of measuring: processes of one boot within an hour. A slow hour slows all of its processes, so the
// unit of a stored baseline is the round, not the process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "compare/input/result_set.h"

namespace warpgauge {

inline constexpr std::int64_t kRoundSeconds = 3600;

// Places of processes in a result set, round by round.
using RoundPlaces = std::vector<std::vector<std::size_t>>;

// The processes of each round, in the order of their first process. A process without context.warpgauge.round
// is a round of its own.
[[nodiscard]] RoundPlaces rounds_of(const ResultSet& results);

// Whether all processes belong to one round. For files of other benchmark binaries, which name no round, the
// dates decide.
[[nodiscard]] bool is_one_round(const ResultSet& results);

// The boot that a process belongs to; empty if the file does not name it.
[[nodiscard]] std::string boot_of(const Process& process);

// Sets the date of results without one, such as nvbench's. Throws std::invalid_argument if `date` is not a
// date, or if a file has its own.
void date_results(ResultSet& results, const std::string& date);

}  // namespace warpgauge
