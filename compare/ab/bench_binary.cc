#include "compare/ab/bench_binary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/child.h"
#include "base/diagnostic.h"
#include "base/text.h"
#include "compare/ab/case_pattern.h"
#include "compare/ab/run_ended.h"

namespace warpgauge {
namespace {

constexpr std::size_t kMostListBytes = std::size_t{16} << 20, kMostErrorBytes = std::size_t{64} << 10;
constexpr int kRepetitions = 20, kFewestRepetitions = 3, kMostRepetitions = 400;
// Google Benchmark searches for the number of iterations before each first repetition. So a process takes
// about this much longer than the sum of its repetitions.
constexpr double kOverhead = 1.5;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string line = text.substr(begin, end - begin);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) lines.push_back(std::move(line));
    begin = end + 1;
  }
  return lines;
}

// Runs the binary with `flags`. Its output comes through pipes, which are never full for long.
class Probe {
 public:
  Probe(const BenchBinary& binary, double timeout_s, const std::atomic<bool>& interrupted)
      : binary_(binary), timeout_s_(timeout_s), interrupted_(interrupted) {}

  ChildResult run(const std::vector<std::string>& flags) const {
    ChildCommand command{.executable = binary_.path,
                         .arguments = binary_.arguments,
                         .environment = {},
                         .output = {},
                         .errors = {},
                         .timeout_s = timeout_s_,
                         .captured_output = kMostListBytes,
                         .captured_errors = kMostErrorBytes,
                         .ends_descendants = true};
    command.arguments.insert(command.arguments.end(), flags.begin(), flags.end());
    ChildResult result = run_child(command, interrupted_);
    if (result.end == ChildResult::End::interrupted) throw RunEnded("interrupted");
    if (result.lacked_resources())
      throw meaning_diagnostic(binary_.path, "", result.describe(),
                               "check the limits of this machine (ulimit -a)");
    return result;
  }

 private:
  const BenchBinary& binary_;
  double timeout_s_;
  const std::atomic<bool>& interrupted_;
};

[[noreturn]] void reject(const BenchBinary& binary, const std::string& what, const std::string& hint) {
  throw BinaryError(fmt::format("{}: {}; {}", binary.path, what, hint));
}

std::string last_line(const std::string& text) {
  const std::vector<std::string> lines = lines_of(text);
  return lines.empty() ? "" : ": " + lines.back();
}

constexpr const char* kList = "--benchmark_list_tests=true";

// What is wrong with a list; empty if nothing is.
std::string fault_of_list(const std::string& text) {
  if (!text.empty() && text.back() != '\n')
    return "the list ends within a line: " + printable(last_line(text).substr(2));
  if (text.find('\0') != std::string::npos) return "the list holds a zero byte";
  for (const std::string& name : lines_of(text))
    for (std::string_view rest = name; !rest.empty();) {
      const std::size_t bytes = utf8_character_bytes(rest);
      if (bytes == 0) return "a name is not UTF-8: " + printable(name);
      rest.remove_prefix(bytes);
    }
  return {};
}

double sum_of_longest(const std::vector<double>& iteration_s, double at_least_s) {
  return std::accumulate(iteration_s.begin(), iteration_s.end(), 0.0,
                         [=](double sum, double s) { return sum + std::max(s, at_least_s); });
}

}  // namespace

BenchBinary probe_binary(const std::string& path, const std::vector<std::string>& arguments, double timeout_s,
                         const std::atomic<bool>& interrupted, bool may_be_empty) {
  BenchBinary binary{.path = path, .arguments = arguments, .names = {}};
  const Probe probe(binary, timeout_s, interrupted);
  const ChildResult listed = probe.run({kList});
  if (!listed.ok())
    reject(binary, fmt::format("{}: {}{}", kList, listed.describe(), last_line(listed.errors)),
           "give a Google Benchmark binary, and check the arguments after --");
  if (const std::string fault = fault_of_list(listed.output); !fault.empty())
    reject(binary, fmt::format("{}: {}", kList, fault), "run it with this flag to check");
  binary.names = lines_of(listed.output);
  if (binary.names.empty() && may_be_empty) return binary;
  if (binary.names.empty()) reject(binary, "lists no case", fmt::format("run it with {} to check", kList));

  const auto accepts = [&](const std::string& flag) {
    const ChildResult again = probe.run({kList, flag});
    return again.ok() && lines_of(again.output) == binary.names;
  };
  binary.interleaves = accepts("--benchmark_enable_random_interleaving=true");
  // A binary that ignores unknown flags would accept this one, too. So its help must name it.
  const bool documented = probe.run({"--help"}).output.find("--process-seconds") != std::string::npos;
  binary.takes_process_seconds = documented && accepts("--process-seconds=1");
  return binary;
}

MeasuringPlan plan_measuring(const std::vector<double>& iteration_s, double process_s) {
  MeasuringPlan plan{.process_s = process_s, .repetitions = kRepetitions};
  const double round_s = process_s / kOverhead / kRepetitions;  // one repetition of every case
  if (const double shortest_s = sum_of_longest(iteration_s, 0); shortest_s >= round_s) {
    plan.repetitions =
        std::clamp(static_cast<int>(process_s / kOverhead / shortest_s), kFewestRepetitions, kRepetitions);
    plan.min_time_s = 1e-6;  // one iteration per repetition
    return plan;
  }
  // By bisection: the minimum time with which one repetition of every case takes round_s.
  double low = 0, high = round_s;
  for (int step = 0; step < 50; ++step) {
    const double middle = (low + high) / 2;
    (sum_of_longest(iteration_s, middle) < round_s ? low : high) = middle;
  }
  plan.min_time_s = low;
  return plan;
}

MeasuringPlan scale_plan(const MeasuringPlan& plan, const std::vector<double>& all_iteration_s,
                         const std::vector<double>& look_iteration_s) {
  MeasuringPlan scaled = plan;
  const double all_s = sum_of_longest(all_iteration_s, plan.min_time_s);
  const double look_s = sum_of_longest(look_iteration_s, plan.min_time_s);
  if (look_s > 0)
    scaled.repetitions = std::clamp(static_cast<int>(std::lround(plan.repetitions * all_s / look_s)),
                                    plan.repetitions, kMostRepetitions);
  return scaled;
}

std::vector<std::string> measuring_arguments(const BenchBinary& binary, const MeasuringPlan& plan,
                                             const std::vector<std::string>& names, const std::string& out,
                                             bool interleave) {
  std::vector<std::string> arguments = binary.arguments;
  arguments.push_back("--benchmark_filter=" + case_pattern(names));
  arguments.push_back("--benchmark_out=" + out);
  arguments.push_back("--benchmark_out_format=json");
  if (binary.takes_process_seconds) {
    arguments.push_back(fmt::format("--process-seconds={:f}", plan.process_s));
  } else {
    arguments.push_back(fmt::format("--benchmark_repetitions={}", plan.repetitions));
    arguments.push_back(fmt::format("--benchmark_min_time={:f}", plan.min_time_s));
  }
  if (binary.interleaves && !binary.takes_process_seconds)
    arguments.push_back(fmt::format("--benchmark_enable_random_interleaving={}", interleave));
  return arguments;
}

}  // namespace warpgauge
