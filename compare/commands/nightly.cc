// compare nightly: how often the rules fail on a series of result files of unchanged code.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "base/console.h"
#include "base/date.h"
#include "base/diagnostic.h"
#include "base/number_format.h"
#include "compare/baseline/nightly.h"
#include "compare/commands/case_filter.h"
#include "compare/commands/command.h"
#include "compare/commands/deciding_flags.h"
#include "compare/commands/reports.h"
#include "compare/input/reader.h"
#include "compare/report/nightly.h"

namespace warpgauge {
namespace {

struct NightlyRequest {
  std::string directory;
  CaseFilter filter;
  Deciding deciding;
  bool all = false;
};

std::vector<std::filesystem::path> files_in(const std::string& directory) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error))
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  if (error) throw meaning_diagnostic(directory, "", error.message(), "give a directory of result files");
  if (files.size() < 2)
    throw meaning_diagnostic(
        directory, "", fmt::format("holds {} (*.json)", format_count(std::ssize(files), "result files")),
        "give a directory with one file per night, at least two");
  std::ranges::sort(files);
  return files;
}

// Oldest first: by date, or by name if a file has no date.
std::vector<ResultSet> read_nights(const NightlyRequest& request) {
  std::vector<ResultSet> nights;
  bool dated = true;
  for (const std::filesystem::path& file : files_in(request.directory)) {
    ResultSet& night =
        nights.emplace_back(read_results({file.string()}, {.metric = request.deciding.options.metrics.front(),
                                                           .filter = request.filter.names}));
    require_cases(request.filter, {&night}, request.deciding.options.metrics.front());
    show_as(night.processes.front(), file.filename().string());
    dated &= parse_date(night.processes.front().context.info_of("date")).has_value();
  }
  if (dated)
    std::ranges::stable_sort(nights, {}, [](const ResultSet& night) {
      return *parse_date(night.processes.front().context.info_of("date"));
    });
  return nights;
}

int run(const NightlyRequest& request) {
  print(nightly_report(judge_nights(read_nights(request), request.deciding.options), request.all));
  return 0;
}

}  // namespace

Command nightly_command() {
  const auto request = std::make_shared<NightlyRequest>();
  Command nightly{
      .name = "nightly",
      .summary = "Counts false regressions over a series of nightly results",
      .description =
          "Judges a series of result files, one per night, of one machine and of code that did not change. "
          "Counts the nights that fail against the night before, and against a baseline that takes in each "
          "night. Then makes single cases slower, and counts how often that is found.",
      .examples = {"nightly results/", "nightly results/ --metric cpu_time"},
      .exit_codes = "0 shown; 2 usage; 3 a file is not valid; 5 stdout cannot be written",
      .flags = {},
      .run = [request](const std::string&) { return run(*request); }};
  nightly.flags.add_heading("Arguments");
  nightly.flags.add({.name = "DIR",
                     .value = "DIR",
                     .help = "Directory of result files, one per night",
                     .take = text_into(request->directory),
                     .echo = Echo::as_path,
                     .required = true});
  add_filter_flag(nightly.flags, request->filter);
  add_metric_flags(nightly.flags, request->deciding);
  add_sampling_flags(nightly.flags, request->deciding);
  add_limit_flags(nightly.flags, request->deciding);
  add_all_flag(nightly.flags, request->all);
  return nightly;
}

}  // namespace warpgauge
