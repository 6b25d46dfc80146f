// What an A/B run of the inconclusive cases would take, in words.
#pragma once

#include <string>
#include <vector>

#include "compare/decide/settle.h"

namespace warpgauge {

// The command that starts the run.
struct SettlingCommand {
  std::string program;                 // "ci/gate.sh"
  std::string filter;                  // selects the cases; a long one is not shown
  std::vector<std::string> arguments;  // behind --
};

// One line; empty if no case is inconclusive. `block_s` is the duration of a block in seconds.
[[nodiscard]] std::string settling_words(const SettlingRun& run, const SettlingCommand& command,
                                         double block_s);

}  // namespace warpgauge
