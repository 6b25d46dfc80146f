#include "bench/options.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <iostream>
#include <stdexcept>

#include "base/build_info.h"
#include "base/escape.h"
#include "base/flag_table.h"
#include "base/flag_value.h"
#include "base/message.h"
#include "bench/exit_code.h"
#include "bench/filter.h"

namespace warpgauge::bench {
namespace {

constexpr double kLeastSeconds = 0.001, kMostSeconds = 86'400;
constexpr int kMostThreads = 4096, kMostDevice = 1023, kMostRepetitions = 10'000;

constexpr const char* kSummary =
    "Checks attention kernels, then times those that are right. Prints a table, and writes Google\n"
    "Benchmark JSON. A case is KERNEL/TYPE/B:32/H:8/S:512/D:64/causal:0.";

constexpr const char* kFooter =
    R"(Examples:
  bench --matrix=smoke --benchmark_filter=cpu/blas       two seconds
  bench --axis=S=512,1024 --dtype=f32 --benchmark_out=r.json
  bench --matrix=smoke --benchmark_dry_run               check only

Exit codes: 0 all cases are right and timed; 1 a case is wrong or failed; 2 usage error, or no case
is selected; 5 an output could not be written; 77 no selected case can run here, for example without
a GPU. WARPGAUGE_REQUIRE_GPU=1: exit with 1 if there is no GPU.
)";

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
  return &all_matrices()[one_of(name, names, "matrix")];
}

Dtype parse_dtype(const std::string& name) {
  static const std::array<std::string, 3> kNames{"f32", "f16", "bf16"};
  constexpr Dtype kDtypes[] = {Dtype::f32, Dtype::f16, Dtype::bf16};
  return kDtypes[one_of(name, kNames, "type")];
}

CacheMode parse_cache_mode(const std::string& name) {
  static const std::array<std::string, 2> kNames{"cold", "warm"};
  return one_of(name, kNames, "cache mode") == 0 ? CacheMode::cold : CacheMode::warm;
}

bool is_json(const std::string& name) {
  static const std::array<std::string, 2> kNames{"console", "json"};
  return one_of(name, kNames, "format") == 1;
}

void require_json(const std::string& name) {
  static const std::array<std::string, 1> kNames{"json"};
  static_cast<void>(one_of(name, kNames, "format"));
}

std::pair<std::string, std::string> parse_context(const std::string& pair) {
  const std::size_t equals = pair.find('=');
  if (equals == std::string::npos || equals == 0) throw std::invalid_argument("write KEY=VALUE[,KEY=VALUE]");
  return {pair.substr(0, equals), pair.substr(equals + 1)};
}

std::string non_empty(const std::string& path) {
  if (path.empty()) throw std::invalid_argument("is empty; write the name of a file");
  return path;
}

FlagGroup case_flags(Options& o) {
  return {"Which cases",
          {{"--matrix", "NAME", "the problems: smoke, ci, seed or full (default: ci)",
            [&o](const std::string& text) { o.matrix = parse_matrix(text); }},
           {.name = "--axis",
            .value_name = "NAME=N[,N...]",
            .help = "replace an axis of all problems: B H Hkv S Sk D causal; repeatable",
            .apply = [&o](const std::string& text) { parse_axis(text, o.axes); },
            .is_repeatable = true},
           {.name = "--dtype",
            .value_name = "TYPE[,TYPE...]",
            .help = "f32, f16 or bf16 (default: the types of the matrix); repeatable",
            .apply =
                [&o](const std::string& text) {
                  for (const std::string& name : split_at_commas(text)) o.dtypes.push_back(parse_dtype(name));
                },
            .is_repeatable = true},
           {"--benchmark_filter", "REGEX", "only cases whose name matches; '-' in front: only the others",
            [&o](const std::string& text) {
              static_cast<void>(Filter(text));
              o.filter = text;
            },
            "BENCHMARK_FILTER"}}};
}

FlagGroup measurement_flags(Options& o) {
  return {"How to measure",
          {{"--process-seconds", "SECONDS", "time for all samples (default: that of the matrix, 1.5 to 120)",
            [&o](const std::string& text) {
              o.process_seconds = decimal_number(text, kLeastSeconds, kMostSeconds, "seconds");
            }},
           {"--benchmark_repetitions", "N", "rows per case (default: as many as fit, 3 to 20)",
            [&o](const std::string& text) { o.repetitions = whole_number(text, 1, kMostRepetitions); },
            "BENCHMARK_REPETITIONS"},
           {"--cache", "cold|warm", "operands in the cache (default: cold on a GPU, warm on a CPU)",
            [&o](const std::string& text) { o.cache = parse_cache_mode(text); }},
           {"--threads", "N", "threads of a CPU kernel (default: 1)",
            [&o](const std::string& text) { o.threads = whole_number(text, 1, kMostThreads); }},
           {"--device", "N", "CUDA device (default: 0)",
            [&o](const std::string& text) { o.device = whole_number(text, 0, kMostDevice); }},
           {"--seed", "N", "seed of the inputs and of the order of samples (default: 1)",
            [&o](const std::string& text) { o.seed = whole_number<std::uint64_t>(text, 0, UINT64_MAX); }}}};
}

FlagGroup output_flags(Options& o) {
  return {
      "Results",
      {{"--benchmark_out", "FILE", "write JSON to this file",
        [&o](const std::string& text) { o.out = non_empty(text); }},
       {"--benchmark_out_format", "json", "format of that file (default: json)", require_json},
       {"--benchmark_format", "FORMAT", "on stdout: console, which is the table, or json (default: console)",
        [&o](const std::string& text) { o.json_on_stdout = is_json(text); }},
       {.name = "--benchmark_context",
        .value_name = "KEY=VALUE",
        .help = "add to the context in the JSON; repeatable, or separated by commas",
        .apply =
            [&o](const std::string& text) {
              for (const std::string& pair : split_at_commas(text)) o.context.push_back(parse_context(pair));
            },
        .is_repeatable = true},
       {"--assert-min", "FILE", "exit with 1 below the minima in FILE, from `warpgauge-compare bless`",
        [&o](const std::string& text) { o.assert_min = non_empty(text); }}}};
}

// Flags that scripts pass to any Google Benchmark binary. They have no effect here: --process-seconds sets
// the time, repetitions are always interleaved, rows are repetitions, and times are in ns. A wrong value is
// an error.
FlagGroup ignored_flags() {
  const auto takes_boolean = [](const std::string& text) { static_cast<void>(truth_value(text)); };
  const auto takes_only = [](bool accepted, const char* reason) {
    return [accepted, reason](const std::string& text) {
      if (truth_value(text) != accepted) throw std::invalid_argument(reason);
    };
  };
  const auto takes_seconds = [](const std::string& text) {
    const bool has_unit = text.ends_with('s') || text.ends_with('x');  // "0.5s", "100x"
    static_cast<void>(
        decimal_number(text.substr(0, text.size() - (has_unit ? 1 : 0)), 0, kMostSeconds, "seconds"));
  };
  const auto takes_unit = [](const std::string& text) {
    static const std::array<std::string, 4> kUnits{"ns", "us", "ms", "s"};
    static_cast<void>(one_of(text, kUnits, "unit"));
  };
  const auto takes_color = [takes_boolean](const std::string& text) {
    if (text != "auto") takes_boolean(text);
  };
  const auto takes_level = [](const std::string& text) { static_cast<void>(whole_number(text, 0, 100)); };
  const auto never_aggregates =
      takes_only(false, "rows are single repetitions; warpgauge-compare aggregates them");
  return {"Accepted without effect, for scripts that run any Google Benchmark binary",
          {{"--benchmark_min_time", "SECONDS", "", takes_seconds, "BENCHMARK_MIN_TIME"},
           {"--benchmark_min_warmup_time", "SECONDS", "", takes_seconds},
           {"--benchmark_enable_random_interleaving", "", "",
            takes_only(true, "repetitions are always interleaved; leave the flag out")},
           {"--benchmark_report_aggregates_only", "", "", never_aggregates},
           {"--benchmark_display_aggregates_only", "", "", never_aggregates},
           {"--benchmark_time_unit", "UNIT", "", takes_unit},
           {"--benchmark_color", "WHEN", "", takes_color},
           {"--benchmark_counters_tabular", "", "", takes_boolean},
           {"--v", "N", "", takes_level}},
          /*is_brief=*/true};
}

FlagGroup other_flags(Options& o) {
  const auto sets = [](bool& value) {
    return [&value](const std::string& text) { value = truth_value(text); };
  };
  return {"Instead of measuring",
          {{"--benchmark_dry_run", "", "check each case, time none", sets(o.dry_run)},
           {"--benchmark_list_tests", "", "print the names of the selected cases", sets(o.list_cases)},
           {"--kernels", "", "list the kernels: what they compute, and whether they run here",
            sets(o.list_kernels)},
           {"--matrices", "", "list the matrices: problems, cases, seconds", sets(o.list_matrices)},
           version_flag(),
           help_flag()}};
}

void refuse_results_of_a_dry_run(const Options& options) {
  if (!options.dry_run) return;
  for (const auto& [flag, is_given] : {std::pair("--benchmark_out", !options.out.empty()),
                                       std::pair("--benchmark_format=json", options.json_on_stdout),
                                       std::pair("--assert-min", !options.assert_min.empty())})
    if (is_given)
      throw std::invalid_argument(fmt::format(
          "{} needs times, and --benchmark_dry_run measures none; leave one of the two out", flag));
}

int print_and_exit(const std::string& text) {
  std::cout << text << std::flush;
  return kExitOk;
}

}  // namespace

const char* cache_mode_name(CacheMode mode) {
  return mode == CacheMode::cold ? "cold" : "warm";
}

ParsedOptions parse_options(int argc, const char* const* argv) {
  ParsedOptions parsed;
  Options& options = parsed.options;
  if (argc > 0) options.program = argv[0];
  options.matrix = find_matrix("ci");
  const FlagTable table{.usage = "bench [flags]",
                        .summary = kSummary,
                        .groups = {case_flags(options), measurement_flags(options), output_flags(options),
                                   other_flags(options), ignored_flags()},
                        .footer = kFooter};
  try {
    const std::span<const char* const> arguments(argv, static_cast<std::size_t>(argc));
    const Request request = parse_flags(table, arguments.subspan(argc > 0 ? 1 : 0));
    if (request == Request::help) parsed.exit_code = print_and_exit(help_text(table));
    if (request == Request::version) parsed.exit_code = print_and_exit(version_text(kBenchName));
    refuse_results_of_a_dry_run(options);
  } catch (const std::invalid_argument& error) {
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
    text += fmt::format(" --axis={}={}", axis, fmt::join(values, ","));
  for (const Dtype dtype : o.dtypes) text += fmt::format(" --dtype={}", dtype_name(dtype));
  if (o.cache) text += fmt::format(" --cache={}", cache_mode_name(*o.cache));
  if (o.process_seconds) text += fmt::format(" --process-seconds={}", *o.process_seconds);
  if (o.repetitions) text += fmt::format(" --benchmark_repetitions={}", *o.repetitions);
  if (o.dry_run) text += " --benchmark_dry_run";
  return text + fmt::format(" --threads={} --device={} --seed={} --benchmark_filter={}", o.threads, o.device,
                            o.seed, shell_word("^" + regex_literal(case_name) + "$"));
}

}  // namespace warpgauge::bench
