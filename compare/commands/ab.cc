// compare ab: runs two benchmark binaries in turn until every case is decided.
#include <csignal>
#include <filesystem>
#include <memory>
#include <sstream>

#include "base/atomic_file.h"
#include "base/escape.h"
#include "base/scratch_directory.h"
#include "compare/ab/driver.h"
#include "compare/commands/options.h"

namespace warpgauge {
namespace {

std::atomic<bool> interrupted{false};

struct AbFlags {
  std::string base, head, filter, blocks = "6..24", keep;
  std::vector<std::string> arguments;
  double process_s = 10, timeout_s = 0;
  std::uint64_t seed = 1;
  DecisionFlags decision;
  ReportFlags reports;
};

// "6..24", or "12" for one look after twelve.
void take_blocks(const std::string& text, AbPlan& plan) {
  int first = 0, last = 0, used = 0;
  const bool range = std::sscanf(text.c_str(), "%d..%d%n", &first, &last, &used) == 2;
  if (!range) {
    used = 0;
    std::sscanf(text.c_str(), "%d%n", &first, &used);
    last = first;
  }
  if (used == 0 || text.size() != static_cast<std::size_t>(used) || first < 2 || last < first ||
      last > kMostBlocks)
    throw UsageError("--blocks '" + visible(text) +
                     "'; it takes A..B, 2 <= A <= B <= " + std::to_string(kMostBlocks) + ", as in 6..24");
  plan.first_blocks = first;
  plan.max_blocks = last;
}

void check_executable(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error))
    throw UsageError(visible(path) + " is no file that could be run; give BASE_EXE HEAD_EXE");
}

std::string make_keep_directory(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) throw OutputError(path + ": " + error.message());
  if (!std::filesystem::is_empty(path, error) || error)
    throw UsageError("--keep " + visible(path) + " is not empty; results of two runs must not mix");
  return path;
}

std::string command_of(const AbFlags& flags) {
  std::string command = "warpgauge-compare ab";
  for (const std::string& executable : {flags.base, flags.head})
    command += " " + shell_word(shown_path(executable, kExecutableParts));
  if (!flags.filter.empty()) command += " --filter " + shell_word(flags.filter);
  command += " --blocks " + flags.blocks;
  const AbFlags untouched;
  const auto add_changed = [&](const char* flag, const auto& value, const auto& otherwise) {
    if (value == otherwise) return;
    std::ostringstream text;
    text << " " << flag << " " << value;
    command += text.str();
  };
  add_changed("--process-seconds", flags.process_s, untouched.process_s);
  add_changed("--timeout", flags.timeout_s, untouched.timeout_s);
  add_changed("--seed", flags.seed, untouched.seed);
  command += decision_words(flags.decision);
  if (!flags.arguments.empty()) command += " --";
  for (const std::string& argument : flags.arguments) command += " " + shell_word(argument);
  return command;
}

AbOptions ab_options(const AbFlags& flags) {
  const GateOptions gate = gate_options(flags.decision);
  if (!flags.decision.statistic.empty())
    throw UsageError("--statistic: ab chooses the one by which base agrees best with base");
  if (!flags.decision.process_cv.empty())
    throw UsageError("--process-cv: ab measures how processes deviate, and assumes nothing of it");
  AbOptions options;
  options.base_executable = flags.base;
  options.head_executable = flags.head;
  options.base_shown = shown_path(flags.base, kExecutableParts);
  options.head_shown = shown_path(flags.head, kExecutableParts);
  options.arguments = flags.arguments;
  options.filter = name_filter("--filter", flags.filter);
  take_blocks(flags.blocks, options.plan);
  options.plan.alpha = gate.policy.alpha.value_or(kAlpha);
  options.plan.seed = flags.seed;
  options.process_s = flags.process_s;
  options.timeout_s = flags.timeout_s;
  options.metric = gate.metric;
  options.policy = gate.policy;
  options.run_policy = {.margins = gate.policy.defaults,
                        .max_mde = gate.policy.max_mde,
                        .strict = gate.strict,
                        .allow_missing = gate.allow_missing,
                        .allow_hardware_mismatch = gate.allow_hardware_mismatch};
  options.command = command_of(flags);
  return options;
}

int run(const AbFlags& flags) {
  check_reports(flags.reports);
  if (!(flags.process_s > 0)) throw UsageError("--process-seconds: a time above 0 is needed");
  check_executable(flags.base);
  check_executable(flags.head);
  AbOptions options = ab_options(flags);
  std::optional<ScratchDirectory> scratch;
  options.directory = flags.keep.empty() ? scratch.emplace().path() : make_keep_directory(flags.keep);
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { interrupted = true; });
  Comparison comparison;
  try {
    comparison = run_ab(options, interrupted).comparison;
  } catch (const BinaryError& error) {
    throw UsageError(error.what());
  }
  write_reports(comparison, flags.reports);
  return exit_code_of(verdict_of(comparison));
}

}  // namespace

void add_ab(CLI::App& app, Run& chosen) {
  CLI::App& ab =
      *app.add_subcommand("ab", "Runs two benchmark binaries in turn, until every case is decided");
  const auto flags = std::make_shared<AbFlags>();
  ab.add_option("BASE_EXE", flags->base, "benchmark binary of before")->type_name("FILE")->required();
  ab.add_option("HEAD_EXE", flags->head, "benchmark binary of after")->type_name("FILE")->required();
  ab.add_option("ARGS", flags->arguments, "behind --: arguments for both")->type_name("");
  ab.add_option("--filter", flags->filter, "only cases whose name matches; -RE: those whose name does not")
      ->type_name("RE");
  ab.add_option("--blocks", flags->blocks, "blocks of base, head, head, base: at least..at most")
      ->capture_default_str()
      ->type_name("A..B");
  ab.add_option("--process-seconds", flags->process_s, "how long a process measures")
      ->capture_default_str()
      ->type_name("S");
  ab.add_option("--timeout", flags->timeout_s,
                "a process that takes longer hangs (60 s + 10 x process-seconds)")
      ->type_name("S");
  ab.add_option("--seed", flags->seed, "of the draws: sentinels, padding")
      ->capture_default_str()
      ->type_name("N");
  ab.add_option("--keep", flags->keep, "keeps all results in this folder; gate --run judges them again")
      ->type_name("DIR");
  add_decision_flags(ab, flags->decision);
  for (const char* refused : {"--statistic", "--process-cv"})
    ab.get_option(refused)->group("");  // not in --help
  add_report_flags(ab, flags->reports);
  ab.callback([flags, &chosen] { chosen = [flags] { return run(*flags); }; });
}

}  // namespace warpgauge
