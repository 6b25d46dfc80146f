// compare trend: the history of a stored baseline, from git.
#include <memory>

#include "base/console.h"
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

struct TrendRequest {
  BaselineChoice baseline;
  bool all = false;
};

int run(const TrendRequest& request) {
  const BaselineChoice& choice = request.baseline;
  std::string out;
  for (const auto& file : baselines_in(choice.directory, choice.fingerprint, choice.matrix)) {
    try {
      const BaselineTrend trend = trend_of(read_versions(file));
      out += (out.empty() ? "" : "\n") + trend_report(shown_path(file, kBaselineParts), trend, request.all);
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
  const auto request = std::make_shared<TrendRequest>();
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
      .run = [request](const std::string&) { return run(*request); }};
  add_baseline_flags(trend.flags, request->baseline, BaselineUse::all);
  add_all_flag(trend.flags, request->all);
  return trend;
}

}  // namespace warpgauge
