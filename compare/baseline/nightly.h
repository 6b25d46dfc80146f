// How often the rules fail on a series of nights of unchanged code, and what they still find in it.
//
// A series is one result file per night, of one machine. Two ways to judge a night: against the night before,
// one file per side; and against the stored baseline of all nights before it, which then takes the night in
// as `bless` would.
//
// A regression is called false if the case is back within 10 % of its old time in the next night.
//
// What the rules find is measured on the same files: one case is made slower in head, and the rule either
// reports it or not. The cases are those that differ least from night to night. Three kinds of comparison:
// a night against the one before; five nights against five later ones, as before and after a change; and
// nights drawn at random for both sides. The last kind mixes nights from before and after changes of the
// code.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "compare/decide/gate.h"

namespace warpgauge {

inline constexpr double kBackWithin = 0.10;
inline constexpr std::size_t kPlantedCases = 20;  // with the least scatter over the nights
inline constexpr double kPlantedAlone = 2;        // factor, one file per side
inline constexpr double kPlantedInSeveral = 1.3;  // factor, kFilesPerSide files per side
inline constexpr std::size_t kFilesPerSide = 5;
inline constexpr std::size_t kDrawnSplits = 10;

// A case that a night's comparison called a regression.
struct FlaggedCase {
  std::string name;
  double ratio = 1;
  std::optional<bool> is_back;  // in the next night; empty if there is none, or it lacks the case
};

struct JudgedNight {
  std::string name;  // its file
  std::vector<FlaggedCase> flagged;
};

// The nights from the second on.
struct JudgedSeries {
  std::vector<JudgedNight> nights;

  [[nodiscard]] std::size_t failed() const;  // nights with a regression
  [[nodiscard]] std::size_t flagged() const;
  [[nodiscard]] std::size_t back() const;
};

// A case that was made slower, and in how many comparisons it was found.
struct PlantedCase {
  std::string name;
  double deviation = 0;  // robust, of the logs of its times over the nights
  std::size_t found = 0;
};

enum class ComparedSides { neighbours, before_and_after, drawn };

struct PlantedSeries {
  ComparedSides compared = ComparedSides::neighbours;
  double factor = 1;
  std::size_t comparisons = 0;     // per case
  std::size_t failed_without = 0;  // comparisons with a regression although nothing was planted
  std::vector<PlantedCase> cases;  // least scatter first
};

struct NightlyResult {
  std::string metric;
  std::size_t nights = 0, cases = 0;  // cases that every night measured
  JudgedSeries neighbours, baseline;
  std::vector<PlantedSeries> planted;  // a kind each, if there are enough nights for it
};

// Each night against the stored baseline of the nights before it, which then takes it in. The nights have
// different dates, oldest first, or none.
[[nodiscard]] JudgedSeries gate_and_bless(const std::vector<ResultSet>& nights, const GateOptions& options);

// `nights`: at least two files, oldest first.
[[nodiscard]] NightlyResult judge_nights(const std::vector<ResultSet>& nights, const GateOptions& options);

// Makes a case slower by `factor` in all processes: as the metric has it.
void slow_down(ResultSet& results, const std::string& name, double factor, Better better);

}  // namespace warpgauge
