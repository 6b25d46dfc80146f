// compare rivals: our kernel against its peers, within one set of results.
#include <memory>
#include <optional>

#include "compare/commands/case_filter.h"
#include "compare/commands/command.h"
#include "compare/commands/deciding_flags.h"
#include "compare/commands/paths.h"
#include "compare/commands/reports.h"
#include "compare/decide/rivals.h"
#include "compare/input/reader.h"
#include "compare/report/rivals.h"

namespace warpgauge {
namespace {

// What the flags set.
struct RivalsRequest {
  std::vector<std::string> files;
  CaseFilter filter;
  std::optional<KernelPattern> ours, peers;
  Deciding deciding;
  ReportOutputs reports;
};

KernelPattern parse_kernel(const std::string& text) {
  return KernelPattern(text);
}

int run(const RivalsRequest& request, const std::string& echoed) {
  const GateOptions& options = request.deciding.options;
  const Metric& metric = options.metrics.front();
  ResultSet results = read_results(request.files, {.metric = metric, .filter = request.filter.names});
  require_cases(request.filter, {&results}, metric);
  check_writable(request.reports);
  show_paths_of(results);
  Rivals rivals = compare_rivals(results, {.ours = *request.ours,
                                           .peers = *request.peers,
                                           .metric = metric,
                                           .statistic = options.statistic,
                                           .process_cv = options.process_cv,
                                           .allow_hardware_mismatch = options.allow_hardware_mismatch});
  rivals.command = echoed;
  write_reports({.table = [&] { return rivals_text(rivals, colour_wanted()); },
                 .brief = [&] { return rivals_line(rivals); },
                 .json = [&] { return rivals_json(rivals); },
                 .markdown = [&] { return rivals_markdown(rivals); },
                 .junit = [&] { return rivals_junit(rivals); },
                 .annotations = [&] { return rivals_annotations(rivals); }},
                request.reports);
  return exit_code_of(rivals);
}

void add_kernel_flag(FlagTable& table, const char* name, const char* help,
                     std::optional<KernelPattern>& kernel) {
  table.add({.name = name,
             .value = "RE",
             .help = help,
             .take = parsed_into(kernel, parse_kernel),
             .required = true});
}

}  // namespace

Command rivals_command() {
  const auto request = std::make_shared<RivalsRequest>();
  Command rivals{
      .name = "rivals",
      .summary = "Compares our kernel with the best of its peers, case by case",
      .description =
          "Compares kernels that were measured in the same run: our time over that of the best peer. A case "
          "is "
          "what is left of a name without the kernel, so BM_ours/1024 and BM_peer/1024 are one case. A win "
          "needs intervals that do not overlap, and a Cliff's delta of at least 0.3.",
      .examples =
          {"rivals results-*.json --ours '^cpu/flash' --peers '^cpu/(blas|naive)'",
           "rivals ours-*.json peers-*.json --ours BM_ours --peers 'BM_(std|boost)' --json rivals.json"},
      .exit_codes =
          "0 no case is slower than the best peer; 1 a case is, or failed; 2 usage; 3 an input is not "
          "valid; 4 nothing could be compared; 5 an output cannot be written",
      .flags = {},
      .run = [request](const std::string& echoed) { return run(*request, echoed); }};
  FlagTable& flags = rivals.flags;
  flags.add_heading("Arguments");
  flags.add({.name = "FILE",
             .value = "...",
             .help = "Result files, one per process; of one binary or of several",
             .take = appended_to(request->files),
             .echo = Echo::as_path,
             .required = true});
  add_kernel_flag(flags, "--ours", "Our kernel: the part of the names that this regular expression matches",
                  request->ours);
  add_kernel_flag(flags, "--peers", "The same for the kernels that ours is compared with", request->peers);
  add_filter_flag(flags, request->filter);
  add_metric_flags(flags, request->deciding);
  add_sampling_flags(flags, request->deciding);
  add_hardware_flag(flags, request->deciding);
  add_report_flags(flags, request->reports);
  return rivals;
}

}  // namespace warpgauge
