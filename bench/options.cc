#include "bench/options.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdlib>
#include <iostream>
#include <stdexcept>

#include "bench/exit_code.h"

namespace warpgauge::bench {
namespace {

Dtype parse_dtype(const std::string& name) {
  for (Dtype dtype : {Dtype::f32, Dtype::f16, Dtype::bf16})
    if (name == dtype_name(dtype)) return dtype;
  throw std::invalid_argument("--dtype " + name + ": the types are f32, f16 and bf16");
}

const Matrix* parse_matrix(const std::string& name) {
  if (const Matrix* matrix = find_matrix(name)) return matrix;
  std::string known;
  for (const Matrix& matrix : all_matrices()) known += " " + std::string(matrix.name);
  throw std::invalid_argument("--matrix " + name + ": the matrices are" + known);
}

std::pair<std::string, std::string> parse_context(const std::string& pair) {
  const std::size_t equals = pair.find('=');
  if (equals == std::string::npos || equals == 0)
    throw std::invalid_argument("--benchmark_context " + pair + ": expected KEY=VALUE");
  return {pair.substr(0, equals), pair.substr(equals + 1)};
}

// Rows are repetitions with their samples; a file without them would hold nothing.
void refuse_aggregate_flags(const std::vector<std::string>& flags) {
  for (const std::string& flag : flags)
    if (flag.find("aggregates_only") != std::string::npos)
      throw std::invalid_argument(flag +
                                  ": the rows are single repetitions; warpgauge-compare aggregates them");
}

void refuse_to_keep_a_dry_run(const Options& options) {
  if (!options.dry_run) return;
  for (const auto& [flag, given] : {std::pair("--benchmark_out", !options.out.empty()),
                                    std::pair("--benchmark_format=json", options.json_on_stdout),
                                    std::pair("--assert-min", !options.assert_min.empty())})
    if (given)
      throw std::invalid_argument(
          std::string(flag) + ": a dry run has no times to keep or to judge; leave out one of the two flags");
}

// CLI11's own say a range that begins at the smallest double.
CLI::Validator at_least(double least, const std::string& words) {
  return {[least, words](std::string& text) {
            double value = 0;
            return CLI::detail::lexical_cast(text, value) && value >= least ? "" : "takes " + words;
          },
          ""};
}

// CLI11 takes -1 for the largest.
CLI::Validator a_64_bit_number() {
  return {[](std::string& text) {
            std::uint64_t value = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
            return error == std::errc{} && end == text.data() + text.size()
                       ? ""
                       : "takes a number from 0 to 2^64 - 1";
          },
          ""};
}

// The command line's raw texts, before they mean anything.
struct Raw {
  std::string matrix = "ci", cache, format = "console", out_format = "json";
  std::vector<std::string> axes, dtypes, context;
  bool interleave = true;
};

void declare_own(CLI::App& app, Options& options, Raw& raw) {
  app.add_option("--matrix", raw.matrix, "smoke | seed | ci | full: which problems")->capture_default_str();
  app.add_option("--axis", raw.axes, "replace one axis, as in S=448,512,640; repeatable");
  app.add_option("--dtype", raw.dtypes, "f32,f16,bf16 in place of the matrix's types")->delimiter(',');
  app.add_option("--cache", raw.cache, "cold | warm; default: cold on a GPU, warm on a CPU")
      ->check(CLI::IsMember({"cold", "warm"}));
  app.add_option("--process-seconds", options.process_seconds, "time to spend on samples")
      ->check(at_least(1e-3, "a number of seconds, 0.001 or more"));
  app.add_option("--threads", options.threads,
                 "threads of a CPU kernel (1: several measure a shared machine's load as well)")
      ->check(at_least(1, "a number, 1 or more"));
  app.add_option("--device", options.device, "CUDA device")
      ->check(at_least(0, "a number, 0 or more"))
      ->capture_default_str();
  app.add_option("--assert-min", options.assert_min,
                 "exit 1 where a case is slower than this file says (warpgauge-compare bless --smoke)")
      ->type_name("FILE");
  app.add_option("--seed", options.seed, "of the inputs and of the order of measuring")
      ->check(a_64_bit_number())
      ->capture_default_str();
}

// The environment variables are Google Benchmark's own.
void declare_google(CLI::App& app, Options& options, Raw& raw) {
  const std::string group = "Google Benchmark";
  app.add_option("--benchmark_filter", options.filter,
                 "regular expression over case names; '-' in front: all but these")
      ->envname("BENCHMARK_FILTER")
      ->group(group);
  app.add_flag("--benchmark_list_tests", options.list,
               "print the names of the selected cases, measure nothing")
      ->group(group);
  app.add_flag("--benchmark_dry_run", options.dry_run,
               "check each case, measure none: right or wrong, and what a profiler should look at")
      ->group(group);
  app.add_option("--benchmark_repetitions", options.repetitions,
                 "rows a case; default: as many as fit, 3 to 20")
      ->check(at_least(1, "a number, 1 or more"))
      ->envname("BENCHMARK_REPETITIONS")
      ->group(group);
  app.add_option("--benchmark_out", options.out, "write the JSON here; default: $BENCHMARK_OUT")
      ->group(group);
  app.add_option("--benchmark_out_format", raw.out_format, "json")
      ->check(CLI::IsMember({"json"}))
      ->group(group);
  app.add_option("--benchmark_format", raw.format, "console | json: what goes to stdout")
      ->check(CLI::IsMember({"console", "json"}))
      ->group(group);
  app.add_option("--benchmark_context", raw.context, "KEY=VALUE,... for the JSON's context")
      ->delimiter(',')
      ->group(group);
  app.add_flag("--benchmark_enable_random_interleaving", raw.interleave, "always on")->group(group);
  app.footer(
      "Other flags of Google Benchmark are passed on to it.\n"
      "Exit: 0 all checked and timed; 1 a case was wrong or failed; 2 usage, or no case left to measure.");
}

void interpret(const Raw& raw, Options& options) {
  options.matrix = parse_matrix(raw.matrix);
  for (const std::string& axis : raw.axes) parse_axis(axis, options.axes);
  for (const std::string& name : raw.dtypes) options.dtypes.push_back(parse_dtype(name));
  if (!raw.cache.empty()) options.cache = raw.cache == "cold" ? CacheMode::cold : CacheMode::warm;
  for (const std::string& pair : raw.context) options.context.push_back(parse_context(pair));
  options.json_on_stdout = raw.format == "json";
  if (!raw.interleave)
    throw std::invalid_argument(
        "--benchmark_enable_random_interleaving=false: repetitions are always interleaved");
  refuse_aggregate_flags(options.google_flags);
  refuse_to_keep_a_dry_run(options);
  // The environment speaks of the results of whatever is run, and a dry run has none.
  if (const char* out = std::getenv("BENCHMARK_OUT"); out && options.out.empty() && !options.dry_run)
    options.out = out;
}

}  // namespace

const char* cache_mode_name(CacheMode mode) {
  return mode == CacheMode::cold ? "cold" : "warm";
}

ParsedOptions parse_options(int argc, const char* const* argv) {
  ParsedOptions parsed;
  Raw raw;
  CLI::App app("Checks attention kernels, then times them; writes Google Benchmark JSON.", "warpgauge-bench");
  app.allow_extras();
  declare_own(app, parsed.options, raw);
  declare_google(app, parsed.options, raw);
  try {
    app.parse(argc, argv);
    parsed.options.google_flags = app.remaining();
    interpret(raw, parsed.options);
  } catch (const CLI::ParseError& error) {
    parsed.exit_code = app.exit(error) == 0 ? kExitOk : kExitUsage;
  } catch (const std::invalid_argument& error) {
    std::cerr << "warpgauge-bench: " << error.what() << "\n";
    parsed.exit_code = kExitUsage;
  }
  return parsed;
}

}  // namespace warpgauge::bench
