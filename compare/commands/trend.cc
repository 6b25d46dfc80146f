// compare trend: the history of a stored baseline, from git.
#include <algorithm>
#include <filesystem>
#include <memory>

#include "base/diagnostic.h"
#include "base/escape.h"
#include "compare/baseline/history.h"
#include "compare/commands/baseline_flags.h"
#include "compare/commands/command.h"
#include "compare/commands/paths.h"
#include "compare/commands/reports.h"
#include "compare/report/trend.h"

namespace warpgauge {
namespace {

constexpr int kNoHistory = 4;

std::vector<std::filesystem::path> sorted_entries(const std::filesystem::path& directory) {
  std::error_code error;
  std::vector<std::filesystem::path> entries;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error))
    entries.push_back(entry.path());
  if (error)
    throw meaning_diagnostic(directory.string(), "", error.message(),
                             "--baseline takes a folder of baselines");
  std::sort(entries.begin(), entries.end());
  return entries;
}

// DIR/FINGERPRINT/MATRIX.json, those that were named or all.
std::vector<std::filesystem::path> baselines_of(const BaselineChoice& flags) {
  std::vector<std::filesystem::path> files;
  for (const auto& folder : sorted_entries(flags.directory)) {
    std::error_code unreadable;  // a link that leads nowhere is no folder
    if (!std::filesystem::is_directory(folder, unreadable)) continue;
    if (!flags.fingerprint.empty() && folder.filename() != flags.fingerprint) continue;
    for (const auto& file : sorted_entries(folder)) {
      if (file.extension() != ".json" || file.filename() == "smoke.json") continue;
      if (flags.matrix.empty() || file.filename() == baseline_file_name(flags.matrix)) files.push_back(file);
    }
  }
  if (files.empty()) {
    const auto or_any = [](const std::string& name) { return name.empty() ? "*" : name; };
    throw meaning_diagnostic(
        flags.directory, "",
        "holds no " + or_any(flags.fingerprint) + "/" + baseline_file_name(or_any(flags.matrix)),
        "`bless` makes one");
  }
  return files;
}

int run(const BaselineChoice& choice) {
  std::string out;
  for (const auto& file : baselines_of(choice)) {
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
