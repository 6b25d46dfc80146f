#include "compare/report/settling_words.h"

#include <fmt/format.h>

#include <cmath>

#include "base/escape.h"

namespace warpgauge {

std::string settling_words(const SettlingRun& run, const SettlingCommand& command, double block_s) {
  if (run.cases.empty()) return "";
  constexpr std::size_t kLongestFilter = 120;
  std::string shown = command.program;
  if (const std::string word = shell_word(command.filter); word.size() <= kLongestFilter)
    shown += " --filter " + word;
  if (!command.arguments.empty()) shown += " --";
  for (const std::string& argument : command.arguments) shown += " " + shell_word(argument);
  const std::string cases = run.cases.size() == 1
                                ? "the inconclusive case"
                                : fmt::format("the {} inconclusive cases", run.cases.size());
  return fmt::format("{} {} {} in about {:.0f} min\n", shown,
                     run.may_leave_some ? "may decide" : "can decide", cases,
                     std::ceil(run.blocks * block_s / 60));
}

}  // namespace warpgauge
