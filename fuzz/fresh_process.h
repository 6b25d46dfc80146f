// Checks cases again in a fresh process of this program, where no earlier case has left anything behind.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fuzz/generate.h"

namespace warpgauge {

enum class FreshResult {
  wrong,  // a case is wrong, or the process crashed
  right,
  not_checked,  // it could not run the cases, for example because the device admits one process
};

// Replays these reproducers in their order, for at most `timeout_s` seconds. `oracle` is a value of --oracle.
[[nodiscard]] FreshResult replay_in_fresh_process(const std::vector<std::string>& lines,
                                                  const std::string& oracle, double timeout_s);

// A failing case and cases that must run before it, the earliest first.
using CaseSequence = std::vector<FuzzCase>;

// The shortest sequence that was found to fail: some of `earlier` in their order, then `failing`. Nothing if
// none does. It takes the shortest end of `earlier` that suffices (1, 2, 4, ... cases), and then drops parts
// of it. `fails` is not called after it has thrown SearchEnded; the shortest sequence so far is the result.
struct SearchEnded {};
[[nodiscard]] std::optional<CaseSequence> shortest_failing_sequence(
    const CaseSequence& earlier, const FuzzCase& failing,
    const std::function<bool(const CaseSequence&)>& fails);

}  // namespace warpgauge
