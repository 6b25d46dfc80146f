#include "compare/commands/options.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "base/atomic_file.h"
#include "base/diagnostic.h"
#include "base/escape.h"
#include "compare/baseline/folder_name.h"
#include "compare/input/metric.h"
#include "compare/input/threshold.h"
#include "compare/report/github.h"
#include "compare/report/json.h"
#include "compare/report/junit.h"
#include "compare/report/markdown.h"
#include "compare/report/text.h"

namespace warpgauge {
namespace {

// Turns what a parser of ours says about a flag's text into an error of usage that names the flag.
template <class Parse>
auto parsed(const char* flag, const std::string& text, Parse parse) {
  try {
    return parse(text);
  } catch (const std::invalid_argument& error) {
    throw UsageError(std::string(flag) + ": " + error.what());
  }
}

Statistic statistic_named(const std::string& name) {
  const auto statistic = parse_statistic(name);
  if (!statistic)
    throw std::invalid_argument("'" + printable(name) + "' is none; it takes min, q10, q25 or q50");
  return *statistic;
}

// Less is no deviation of anything that is measured, and in the end 0 to the statistics.
constexpr double kSmallestDeviation = 1e-6;

double process_cv(const std::string& text) {
  const double deviation = parse_threshold(text);
  if (deviation < kSmallestDeviation)
    throw std::invalid_argument("'" + printable(text) +
                                "' is less than any processes deviate by; give what you measured");
  return deviation;
}

bool colour_wanted() {
  const char* terminal = std::getenv("TERM");
  return ::isatty(STDOUT_FILENO) && !std::getenv("NO_COLOR") && terminal &&
         std::string_view(terminal) != "dumb";
}

std::string matrix_of(const Process& process) {
  const auto matrix = process.context.settings.find("matrix");
  return matrix == process.context.settings.end() ? "default" : matrix->second;
}

// What all of them were run as. Numbers of two matrices in one baseline would be each other's new cases.
std::string one_matrix(const ResultSet& results) {
  const Process& first = results.processes.front();
  for (const Process& process : results.processes) {
    if (matrix_of(process) == matrix_of(first)) continue;
    throw UsageError(first.file + " is of matrix '" + printable(matrix_of(first)) + "', " + process.file +
                     " of '" + printable(matrix_of(process)) + "'; give the files of one");
  }
  return matrix_of(first);
}

}  // namespace

void add_decision_flags(CLI::App& app, DecisionFlags& flags) {
  const char* group = "Deciding";
  app.add_option("--metric", flags.metric, "real_time, cpu_time, or a counter")
      ->type_name("NAME")
      ->group(group);
  app.add_option("--better", flags.better,
                 "which way a metric is better; known for times, *_per_second, tflops, gbps, roofline_pct, "
                 "correlation, */item_rate, */utilization")
      ->type_name("higher|lower")
      ->group(group);
  app.add_option("--statistic", flags.statistic,
                 "of a process's samples: min, q10, q25 (on a CPU), q50 (on a GPU)")
      ->type_name("NAME")
      ->group(group);
  app.add_option("--fail-above", flags.fail_above, "a regression is proved worse than this (1%)")
      ->type_name("SHARE")
      ->group(group);
  app.add_option("--same-within", flags.same_within, "unchanged is proved within this (1.5%)")
      ->type_name("SHARE")
      ->group(group);
  app.add_option("--alpha", flags.alpha, "false alarms: share of runs of equals that are red at most (0.01)")
      ->type_name("SHARE")
      ->group(group);
  app.add_option("--process-cv", flags.process_cv,
                 "deviation between processes, where too few are there to measure it (5% CPU, 1.5% GPU)")
      ->type_name("SHARE")
      ->group(group);
  app.add_option("--policy", flags.policy, "thresholds case by case, from a file; flags stand above it")
      ->type_name("FILE")
      ->group(group);
  app.add_flag("--strict", flags.strict,
               "inconclusive cases do not pass, nor a smallest detectable change above the policy's max_mde")
      ->group(group);
  app.add_flag("--allow-missing", flags.allow_missing, "cases may be missing from head")->group(group);
  app.add_flag("--allow-hardware-mismatch", flags.allow_hardware_mismatch,
               "compare different machines all the same")
      ->group(group);
}

std::string decision_words(const DecisionFlags& flags) {
  std::string words;
  const auto add = [&](const char* flag, const std::string& value) {
    if (!value.empty()) words += std::string(" ") + flag + " " + shell_word(value);
  };
  if (flags.metric != DecisionFlags().metric) add("--metric", flags.metric);
  add("--better", flags.better);
  add("--statistic", flags.statistic);
  add("--fail-above", flags.fail_above);
  add("--same-within", flags.same_within);
  add("--alpha", flags.alpha);
  add("--process-cv", flags.process_cv);
  add("--policy", shown_path(flags.policy));
  for (const auto& [flag, set] :
       {std::pair("--strict", flags.strict), std::pair("--allow-missing", flags.allow_missing),
        std::pair("--allow-hardware-mismatch", flags.allow_hardware_mismatch)})
    if (set) words += std::string(" ") + flag;
  return words;
}

void take_threshold(const char* flag, const std::string& text, double& into) {
  if (!text.empty()) into = parsed(flag, text, parse_threshold);
}

std::optional<NameFilter> name_filter(const char* flag, const std::string& expression) {
  if (expression.empty()) return std::nullopt;
  return parsed(flag, expression, [](const std::string& text) { return NameFilter(text); });
}

Metric metric_of(const DecisionFlags& flags) {
  std::optional<Better> better;
  if (!flags.better.empty() && flags.better != "higher" && flags.better != "lower") {
    throw UsageError("--better '" + printable(flags.better) + "' is neither; it takes higher or lower");
  }
  if (!flags.better.empty()) better = flags.better == "higher" ? Better::higher : Better::lower;
  return parsed("--metric", flags.metric, [&](const std::string& name) { return make_metric(name, better); });
}

GateOptions gate_options(const DecisionFlags& flags) {
  GateOptions options;
  options.metric = metric_of(flags);
  if (!flags.statistic.empty()) options.statistic = parsed("--statistic", flags.statistic, statistic_named);
  if (!flags.process_cv.empty()) options.process_cv = parsed("--process-cv", flags.process_cv, process_cv);
  if (!flags.policy.empty()) options.policy = read_policy(flags.policy);
  if (!flags.alpha.empty()) options.policy.alpha = parsed("--alpha", flags.alpha, parse_level);
  MarginChanges& margins = options.policy.overrides;
  if (!flags.fail_above.empty())
    margins.fail_above = parsed("--fail-above", flags.fail_above, parse_threshold);
  if (!flags.same_within.empty())
    margins.same_within = parsed("--same-within", flags.same_within, parse_threshold);
  if (margins.same_within && *margins.same_within <= 0)
    throw UsageError("--same-within is 0: nothing could ever be unchanged; try 1.5%");
  margins.apply_to(options.policy.defaults);
  options.strict = flags.strict;
  options.allow_missing = flags.allow_missing;
  options.allow_hardware_mismatch = flags.allow_hardware_mismatch;
  return options;
}

void add_baseline_flags(CLI::App& app, BaselineFlags& flags) {
  app.add_option("--baseline", flags.directory, "folder of stored baselines: DIR/FINGERPRINT/MATRIX.json")
      ->type_name("DIR");
  app.add_option("--fingerprint", flags.fingerprint, "name of this hardware, where the results tell none")
      ->type_name("NAME");
  app.add_option("--matrix", flags.matrix, "name of what was run (what the results say, else 'default')")
      ->type_name("NAME");
}

void check_names(const BaselineFlags& flags) {
  for (const auto& [flag, name] :
       {std::pair("--fingerprint", flags.fingerprint), std::pair("--matrix", flags.matrix)}) {
    if (name.empty() || is_plain_name(name)) continue;
    throw UsageError(std::string(flag) + " '" + printable(name) +
                     "' cannot be a file name; use letters, digits, '.', '_' and '-'");
  }
}

BaselineKey baseline_key(const BaselineFlags& flags, const ResultSet& results) {
  check_names(flags);
  BaselineKey key{flags.fingerprint, flags.matrix};
  const Process& first = results.processes.front();
  if (key.fingerprint.empty()) {
    if (!first.context.fingerprinted) {
      throw UsageError(first.file +
                       " has no fingerprint (context.warpgauge); name its hardware with --fingerprint NAME");
    }
    key.fingerprint = fingerprint_name(first.context.identity);
  }
  if (key.matrix.empty()) {
    key.matrix = one_matrix(results);
    if (!is_plain_name(key.matrix)) {
      throw meaning_diagnostic(first.file, "context.warpgauge.settings.matrix",
                               "'" + printable(key.matrix) + "' cannot be a file name",
                               "give another with --matrix");
    }
  }
  return key;
}

void check_fits(const Baseline& baseline, const GateOptions& options, const std::string& path) {
  if (baseline.metric.name != options.metric.name || baseline.metric.better != options.metric.better) {
    throw UsageError(path + " holds " + visible(baseline.metric.name) + " (" +
                     (baseline.metric.better == Better::lower ? "lower" : "higher") +
                     " is better); give the same with --metric and --better");
  }
  if (options.statistic && *options.statistic != statistic_of(baseline)) {
    throw UsageError(path + " holds " + statistic_name(statistic_of(baseline)) + "; leave --statistic away");
  }
}

void check_has_statistic(const ResultSet& results, Statistic statistic, const std::string& holder) {
  if (statistic == Statistic::median) return;
  for (const Process& process : results.processes) {
    for (const Case& one : process.cases) {
      if (!one.aggregate_only) continue;
      throw UsageError(holder + " holds " + statistic_name(statistic) + ", and " + process.file +
                       " brings of '" + printable(one.name) +
                       "' only one number for all its repetitions; run without "
                       "--benchmark_report_aggregates_only");
    }
  }
}

void add_report_flags(CLI::App& app, ReportFlags& flags) {
  const char* group = "Reports";
  app.add_option("--json", flags.json, "comparison.json; - : to stdout, in place of the table")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--markdown", flags.markdown, "a comment for a pull request")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--junit", flags.junit, "JUnit XML")->type_name("FILE")->group(group);
  app.add_flag("--github", flags.github, "annotations, and $GITHUB_STEP_SUMMARY")->group(group);
}

bool report_on_stdout(const ReportFlags& flags) {
  return flags.json == "-" || flags.markdown == "-" || flags.junit == "-";
}

void check_reports(const ReportFlags& flags) {
  const int reports = (flags.json == "-") + (flags.markdown == "-") + (flags.junit == "-");
  if (reports > 1)
    throw UsageError("more than one report to stdout, where nobody could tell them apart; give files");
  if (reports > 0 && flags.github)
    throw UsageError("--github writes annotations to stdout; give the report a file");
}

void print(std::string_view text) {
  write_all(STDOUT_FILENO, text, "stdout");
}

void write_reports(const Comparison& comparison, const ReportFlags& flags) {
  std::string failures;
  const auto attempt = [&](auto write) {
    try {
      write();
    } catch (const OutputError& error) {
      failures += (failures.empty() ? "" : "\n") + std::string(error.what());
    }
  };
  const auto report = [&](const std::string& file, auto format) {
    if (file == "-") {
      attempt([&] { print(format(comparison)); });
    } else if (!file.empty()) {
      attempt([&] { write_file(file, format(comparison)); });
    }
  };
  report(flags.json, json_report);
  report(flags.markdown, markdown_report);
  report(flags.junit, junit_report);
  if (!report_on_stdout(flags)) attempt([&] { print(text_report(comparison, {.colour = colour_wanted()})); });
  if (flags.github) {
    attempt([&] { print(github_annotations(comparison)); });
    if (const char* summary = std::getenv("GITHUB_STEP_SUMMARY"); summary && *summary) {
      attempt([&] { append_file(summary, markdown_report(comparison)); });
    }
  }
  if (!failures.empty()) throw OutputError(failures);
}

std::string shown_path(const std::filesystem::path& path, int parts) {
  if (!path.is_absolute()) return path.string();
  std::filesystem::path shown;
  auto part = path.end();
  while (parts-- > 0 && part != path.begin()) {
    --part;
    shown = shown.empty() ? *part : *part / shown;
  }
  return shown.string();
}

ResultSet read_side(const std::vector<std::string>& files, const ReadOptions& options) {
  ResultSet results = read_results(files, options);
  for (Process& process : results.processes) show_as(process, shown_path(process.file));
  return results;
}

}  // namespace warpgauge
