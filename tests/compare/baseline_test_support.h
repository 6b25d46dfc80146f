// What the tests of baseline/ share.
#pragma once

#include <string>

#include "compare/baseline/baseline.h"

namespace warpgauge {

// The nightly round of a day of November 2026.
inline BaselineRound make_round(int day, const std::string& boot = "b") {
  const std::string two = (day < 10 ? "0" : "") + std::to_string(day);
  return {.round = boot + "-" + two,
          .boot = boot,
          .date = "2026-11-" + two + "T10:00:00+00:00",
          .commit = "c" + two,
          .reason = "nightly",
          .statistic = "q25",
          .processes = 3,
          .environment = {{"driver", "550"}}};
}

}  // namespace warpgauge
