// A case's numbers by rounds, as a stored baseline counts: what is stored, and what head's processes make.
#pragma once

#include <string>
#include <vector>

#include "compare/baseline/baseline.h"
#include "compare/process_numbers.h"

namespace warpgauge {

// Places of processes in a result set, round by round, as rounds_of() gives them.
using RoundPlaces = std::vector<std::vector<std::size_t>>;

// [round][process]: a case's process numbers, without the processes that lack it.
std::vector<std::vector<double>> by_round(const std::vector<double>& processes, const RoundPlaces& rounds);

// One number a round; NaN where a round lacks the case.
std::vector<double> round_numbers(const std::vector<std::vector<double>>& rounds);

// A case's side of the baseline: its rounds stand where processes stand otherwise.
SideNumbers stored_side(const Baseline& baseline, const std::string& name);

// The places of all processes of these rounds.
std::vector<std::size_t> processes_of(const std::vector<std::size_t>& rounds, const RoundPlaces& of_round);

}  // namespace warpgauge
