#include "bench/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/build_info.h"
#include "base/console.h"
#include "base/escape.h"
#include "base/flag_help.h"
#include "base/flag_value.h"
#include "base/message.h"
#include "bench/exit_code.h"
#include "bench/filter.h"

namespace warpgauge::bench {
namespace {

constexpr double kLeastSeconds = 0.001, kMostSeconds = 86'400;
constexpr int kMostThreads = 4096, kMostDevice = 1023, kMostRepetitions = 10'000;

std::vector<std::string> split_at_commas(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0;;) {
    const std::size_t comma = text.find(',', begin);
    parts.push_back(text.substr(begin, comma - begin));
    if (comma == std::string::npos) return parts;
    begin = comma + 1;
  }
}

const Matrix* parse_matrix(const std::string& name) {
  std::vector<std::string> names;
  for (const Matrix& matrix : all_matrices()) names.emplace_back(matrix.name);
  return &all_matrices()[one_of(name, names, "a matrix")];
}

Dtype parse_dtype(const std::string& name) {
  static const std::array<std::string, 3> kNames{"f32", "f16", "bf16"};
  constexpr Dtype kDtypes[] = {Dtype::f32, Dtype::f16, Dtype::bf16};
  return kDtypes[one_of(name, kNames, "a type")];
}

CacheMode parse_cache_mode(const std::string& name) {
  static const std::array<std::string, 2> kNames{"cold", "warm"};
  return one_of(name, kNames, "a cache mode") == 0 ? CacheMode::cold : CacheMode::warm;
}

bool is_json(const std::string& name) {
  static const std::array<std::string, 2> kNames{"console", "json"};
  return one_of(name, kNames, "a format") == 1;
}

void require_json(const std::string& name) {
  static const std::array<std::string, 1> kNames{"json"};
  static_cast<void>(one_of(name, kNames, "a format"));
}

std::pair<std::string, std::string> parse_context(const std::string& pair) {
  const std::size_t equals = pair.find('=');
  if (equals == std::string::npos || equals == 0)
    throw bad_value(pair, "is not KEY=VALUE", "write KEY=VALUE[,KEY=VALUE]");
  return {pair.substr(0, equals), pair.substr(equals + 1)};
}

double parse_seconds(const std::string& text) {
  return decimal_number(text, kLeastSeconds, kMostSeconds, "seconds");
}

std::string non_empty(const std::string& path) {
  if (path.empty()) throw bad_value(path, "is empty", "give the name of a file");
  return path;
}

template <class Value>
Flag::Take appended_parts(std::vector<Value>& target, Value (*parse)(const std::string& part)) {
  return [&target, parse](const std::string& text) {
    for (const std::string& part : split_at_commas(text)) target.push_back(parse(part));
  };
}

void add_case_flags(FlagTable& table, Options& o) {
  table.add_heading("Which cases");
  table.add({.name = "--matrix",
             .value = "NAME",
             .help = "The problems: smoke, ci, seed, full or models",
             .default_shown = "ci",
             .take = parsed_into(o.matrix, parse_matrix)});
  table.add({.name = "--axis",
             .value = "NAME=N[,N...]",
             .help = "Replaces an axis of all problems: B H Hkv S Sk D Dv causal softcap sinks; bias=none,"
                     "alibi,tensor; window=LEFT,RIGHT[/LEFT,RIGHT...], with -1 for all keys before or after "
                     "the query. RIGHT=0 makes the problem causal",
             .take = [&o](const std::string& text) { parse_axis(text, o.axes); },
             .repeatable = true});
  table.add({.name = "--dtype",
             .value = "TYPE[,TYPE...]",
             .help = "f32, f16 or bf16",
             .default_shown = "the types of the matrix",
             .take = appended_parts(o.dtypes, parse_dtype),
             .repeatable = true});
  table.add({.name = "--benchmark_filter",
             .value = "REGEX",
             .help = "Only cases whose name matches; a leading '-' excludes the matches",
             .take =
                 [&o](const std::string& text) {
                   static_cast<void>(Filter(text));
                   o.filter = text;
                 },
             .environment = "BENCHMARK_FILTER"});
}

void add_measurement_flags(FlagTable& table, Options& o) {
  const auto add_number = [&table](const char* name, const char* help, std::string default_shown,
                                   Flag::Take take, const char* environment = "") {
    table.add({.name = name,
               .value = "N",
               .help = help,
               .default_shown = std::move(default_shown),
               .take = std::move(take),
               .environment = environment});
  };
  table.add_heading("How to measure");
  table.add({.name = "--process-seconds",
             .value = "SECONDS",
             .help = "Time for all samples",
             .default_shown = "that of the matrix, 1.5 to 120",
             .take = parsed_into(o.process_seconds, parse_seconds)});
  add_number(
      "--benchmark_repetitions", "Rows per case", "as many as fit, 3 to 20",
      [&o](const std::string& text) { o.repetitions = whole_number(text, 1, kMostRepetitions); },
      "BENCHMARK_REPETITIONS");
  table.add({.name = "--cache",
             .value = "cold|warm",
             .help = "Whether the operands are in the cache",
             .default_shown = "cold on a GPU, warm on a CPU",
             .take = parsed_into(o.cache, parse_cache_mode)});
  add_number("--threads", "Threads of a CPU kernel", fmt::format("{}", o.threads),
             [&o](const std::string& text) { o.threads = whole_number(text, 1, kMostThreads); });
  add_number("--device", "CUDA device", fmt::format("{}", o.device),
             [&o](const std::string& text) { o.device = whole_number(text, 0, kMostDevice); });
  add_number("--seed", "Seed of the inputs and of the order of samples", fmt::format("{}", o.seed),
             [&o](const std::string& text) { o.seed = whole_number<std::uint64_t>(text, 0, UINT64_MAX); });
}

void add_output_flags(FlagTable& table, Options& o) {
  table.add_heading("Results");
  table.add({.name = "--benchmark_out",
             .value = "FILE",
             .help = "Writes JSON to this file",
             .take = parsed_into(o.out, non_empty)});
  table.add({.name = "--benchmark_out_format",
             .value = "json",
             .help = "Format of that file",
             .default_shown = "json",
             .take = require_json});
  table.add({.name = "--benchmark_format",
             .value = "FORMAT",
             .help = "On stdout: console, which is the table, or json",
             .default_shown = "console",
             .take = parsed_into(o.json_on_stdout, is_json)});
  table.add({.name = "--benchmark_context",
             .value = "KEY=VALUE",
             .help = "Adds to the context in the JSON; several are separated by commas",
             .take = appended_parts(o.context, parse_context),
             .repeatable = true});
  table.add({.name = "--assert-min",
             .value = "FILE",
             .help = "Exits with 1 below the minima in FILE, from `warpgauge-compare bless`",
             .take = parsed_into(o.assert_min, non_empty)});
}

void add_other_flags(FlagTable& table, Options& o) {
  table.add_heading("Instead of measuring");
  const auto add_switch = [&table](const char* name, const char* help, bool& target) {
    table.add({.name = name, .help = help, .take = truth_into(target)});
  };
  add_switch("--benchmark_dry_run", "Checks each case, times none", o.dry_run);
  add_switch("--benchmark_list_tests", "Prints the names of the selected cases", o.list_cases);
  add_switch("--kernels", "Lists the kernels: what they compute, and whether they run here", o.list_kernels);
  add_switch("--matrices", "Lists the matrices: problems, cases, seconds", o.list_matrices);
  add_switch("--problems", "Lists the problems of the matrix, and the models that have them",
             o.list_problems);
  table.add(version_flag());
  table.add(help_flag());
}

void check_boolean(const std::string& text) {
  static_cast<void>(truth_value(text));
}

// Takes one value of the two.
Flag::Take only(bool accepted, const char* reason) {
  return [accepted, reason](const std::string& text) {
    if (truth_value(text) != accepted) throw bad_value(text, reason, "omit the flag");
  };
}

void check_seconds(const std::string& text) {
  const bool has_unit = text.ends_with('s') || text.ends_with('x');  // "0.5s", "100x"
  static_cast<void>(
      decimal_number(text.substr(0, text.size() - (has_unit ? 1 : 0)), 0, kMostSeconds, "seconds"));
}

void check_unit(const std::string& text) {
  static const std::array<std::string, 4> kUnits{"ns", "us", "ms", "s"};
  static_cast<void>(one_of(text, kUnits, "a unit"));
}

void check_color(const std::string& text) {
  if (text != "auto") check_boolean(text);
}

void check_level(const std::string& text) {
  static_cast<void>(whole_number(text, 0, 100));
}

// Flags that scripts pass to any Google Benchmark binary. They have no effect here: --process-seconds sets
// the time, repetitions are always interleaved, rows are repetitions, and times are in ns. A wrong value is
// an error.
void add_ignored_flags(FlagTable& table) {
  table.add_heading("Accepted without effect, for scripts that run any Google Benchmark binary");
  const auto add = [&table](const char* name, const char* value, Flag::Take check,
                            const char* environment = "") {
    table.add({.name = name, .value = value, .take = std::move(check), .environment = environment});
  };
  const char* const kNoAggregates =
      "is not possible: rows are single repetitions, warpgauge-compare aggregates them";
  add("--benchmark_min_time", "SECONDS", check_seconds, "BENCHMARK_MIN_TIME");
  add("--benchmark_min_warmup_time", "SECONDS", check_seconds);
  add("--benchmark_enable_random_interleaving", "",
      only(true, "is not possible: repetitions are always interleaved"));
  add("--benchmark_report_aggregates_only", "", only(false, kNoAggregates));
  add("--benchmark_display_aggregates_only", "", only(false, kNoAggregates));
  add("--benchmark_time_unit", "UNIT", check_unit);
  add("--benchmark_color", "WHEN", check_color);
  add("--benchmark_counters_tabular", "", check_boolean);
  add("--v", "N", check_level);
}

void refuse_results_of_a_dry_run(const Options& options) {
  if (!options.dry_run) return;
  for (const auto& [flag, is_given] : {std::pair("--benchmark_out", !options.out.empty()),
                                       std::pair("--benchmark_format=json", options.json_on_stdout),
                                       std::pair("--assert-min", !options.assert_min.empty())})
    if (is_given)
      throw UsageError(
          fmt::format("{}: needs times, and --benchmark_dry_run measures none; omit one of the two", flag));
}

const ProgramHelp& program_help() {
  static const ProgramHelp kHelp{
      .program = kBenchName,
      .description =
          "Checks attention kernels, then times those that are right. Prints a table, and writes Google "
          "Benchmark JSON. A case is KERNEL/TYPE/B:32/H:8/S:512/D:64/causal:0.",
      .examples = {"warpgauge-bench --matrix smoke --benchmark_filter cpu/blas     # two seconds",
                   "warpgauge-bench --axis S=512,1024 --dtype f32 --benchmark_out r.json",
                   "warpgauge-bench --matrix smoke --benchmark_dry_run             # checks only"},
      .exit_codes =
          "0 all cases are right and timed; 1 a case is wrong or failed; 2 usage, or no case is selected; 5 "
          "an output cannot be written; 77 no selected case can run here, for example without a GPU. With "
          "WARPGAUGE_REQUIRE_GPU=1 it is 1 if there is no GPU"};
  return kHelp;
}

int print_and_exit(const std::string& text) {
  print(text);
  return kExitOk;
}

}  // namespace

const char* cache_mode_name(CacheMode mode) {
  return mode == CacheMode::cold ? "cold" : "warm";
}

FlagTable flag_table(Options& options) {
  FlagTable table;
  add_case_flags(table, options);
  add_measurement_flags(table, options);
  add_output_flags(table, options);
  add_other_flags(table, options);
  add_ignored_flags(table);
  table.add_rule([&options](const FlagTable&) { refuse_results_of_a_dry_run(options); });
  return table;
}

ParsedOptions parse_options(int argc, const char* const* argv) {
  ParsedOptions parsed;
  Options& options = parsed.options;
  if (argc > 0) options.program = argv[0];
  options.matrix = find_matrix("ci");
  FlagTable table = flag_table(options);
  try {
    const Request request = table.parse(kBenchName, {argv + std::min(argc, 1), argv + argc});
    if (request == Request::help) parsed.exit_code = print_and_exit(help_text(program_help(), table));
    if (request == Request::version) parsed.exit_code = print_and_exit(version_text(kBenchName));
  } catch (const UsageError& error) {
    print_error(kBenchName, error.what());
    parsed.exit_code = kExitUsage;
  }
  // Not in the table: a dry run has no results to write, whatever the environment says.
  if (const char* out = std::getenv("BENCHMARK_OUT"); out && options.out.empty() && !options.dry_run)
    options.out = out;
  return parsed;
}

std::string reproducer(const Options& o, const std::string& case_name) {
  std::string text = fmt::format("{} --matrix={}", shell_word(o.program), o.matrix->name);
  for (const auto& [axis, values] : o.axes)
    text += fmt::format(" --axis={}", shell_word(axis_text(axis, values)));
  for (const Dtype dtype : o.dtypes) text += fmt::format(" --dtype={}", dtype_name(dtype));
  if (o.cache) text += fmt::format(" --cache={}", cache_mode_name(*o.cache));
  if (o.process_seconds) text += fmt::format(" --process-seconds={}", *o.process_seconds);
  if (o.repetitions) text += fmt::format(" --benchmark_repetitions={}", *o.repetitions);
  if (o.dry_run) text += " --benchmark_dry_run";
  return text + fmt::format(" --threads={} --device={} --seed={} --benchmark_filter={}", o.threads, o.device,
                            o.seed, shell_word("^" + regex_literal(case_name) + "$"));
}

}  // namespace warpgauge::bench
