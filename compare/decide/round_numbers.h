// A case's numbers by rounds, for comparison with a stored baseline: the stored ones, and those of head's
// processes.
#pragma once

#include <string>
#include <vector>

#include "compare/decide/process_numbers.h"
#include "compare/decide/rounds.h"
#include "compare/decide/stored_side.h"

namespace warpgauge {

// [round][process]: a case's process numbers, without the processes that lack it.
std::vector<std::vector<double>> by_round(const std::vector<double>& processes, const RoundPlaces& rounds);

// One number per round; NaN if the round lacks the case.
std::vector<double> round_numbers(const std::vector<std::vector<double>>& rounds);

// A case's numbers in the stored baseline, with its rounds in the place of processes.
// The range of an exact metric is the last round's: the stored rounds may be of several commits.
SideNumbers stored_numbers(const StoredSide& stored, const std::string& name, NumberScale scale);

// The places of all processes in these rounds.
std::vector<std::size_t> processes_of(const std::vector<std::size_t>& rounds, const RoundPlaces& of_round);

}  // namespace warpgauge
