// A case's numbers by rounds, as a stored baseline counts: what is stored, and what head's processes make.
#pragma once

#include <string>
#include <vector>

#include "compare/decide/process_numbers.h"
#include "compare/decide/rounds.h"
#include "compare/decide/stored_side.h"

namespace warpgauge {

// [round][process]: a case's process numbers, without the processes that lack it.
std::vector<std::vector<double>> by_round(const std::vector<double>& processes, const RoundPlaces& rounds);

// One number a round; NaN where a round lacks the case.
std::vector<double> round_numbers(const std::vector<std::vector<double>>& rounds);

// A case's side of the baseline: its rounds stand where processes stand otherwise.
SideNumbers stored_numbers(const StoredSide& stored, const std::string& name);

// The places of all processes of these rounds.
std::vector<std::size_t> processes_of(const std::vector<std::size_t>& rounds, const RoundPlaces& of_round);

}  // namespace warpgauge
