// compare trend: the history of a stored baseline, from git.
#include <memory>

#include "base/escape.h"
#include "compare/baseline/baseline_files.h"
#include "compare/baseline/history.h"
#include "compare/commands/baseline_flags.h"
#include "compare/commands/command.h"
#include "compare/commands/paths.h"
#include "compare/commands/reports.h"
#include "compare/report/trend.h"

namespace warpgauge {
namespace {

constexpr int kNoHistory = 4;

int run(const BaselineChoice& choice) {
  std::string out;
  for (const auto& file : baselines_in(choice.directory, choice.fingerprint, choice.matrix)) {
    try {
      const BaselineTrend trend = trend_of(read_versions(file));
      out += (out.empty() ? "" : "\n") + trend_report(shown_path(file, kBaselineParts), trend);
    } catch (const HistoryError& error) {
      print("no history: " + visible(error.what()) + "\n");
      return kNoHistory;
    }
  }
  print(out);
  return 0;
}

}  // namespace

Command trend_command() {
  const auto choice = std::make_shared<BaselineChoice>();
  Command trend{
      .name = "trend",
      .summary = "Shows the history of a stored baseline, from git",
      .description =
          "Shows every round that a stored baseline ever held, as git knows it: a bar per round, the latest "
          "number against the oldest, and what was accepted, removed or renamed.",
      .examples = {"trend --baseline baselines"},
      .exit_codes =
          "0 shown; 2 usage; 3 a baseline is missing or not valid; 4 no git history; 5 stdout cannot be "
          "written",
      .flags = {},
      .run = [choice](const std::string&) { return run(*choice); }};
  add_baseline_flags(trend.flags, *choice, BaselineUse::all);
  return trend;
}

}  // namespace warpgauge
