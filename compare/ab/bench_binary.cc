#include "compare/ab/bench_binary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <numeric>

#include "base/child.h"
#include "base/free_space.h"
#include "compare/ab/case_pattern.h"

namespace warpgauge {
namespace {

constexpr double kProbeTimeout_s = 60;
constexpr int kRepetitions = 20, kFewestRepetitions = 3, kMostRepetitions = 400;
// Google Benchmark searches for the number of iterations before each first repetition. So a process takes
// about this much longer than the sum of its repetitions.
constexpr double kOverhead = 1.5;

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

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

// Runs the binary with `flags`, and leaves its output in files.
class Probe {
 public:
  Probe(const BenchBinary& binary, const std::string& scratch, const std::atomic<bool>& interrupted)
      : binary_(binary), scratch_(scratch), interrupted_(interrupted) {}

  ChildResult run(const std::vector<std::string>& flags) const {
    std::vector<std::string> arguments = binary_.arguments;
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    return run_child({binary_.path, arguments, {}, output(), errors(), kProbeTimeout_s}, interrupted_);
  }
  std::string output() const { return scratch_ + "/probe.out"; }
  std::string errors() const { return scratch_ + "/probe.err"; }

 private:
  const BenchBinary& binary_;
  const std::string& scratch_;
  const std::atomic<bool>& interrupted_;
};

[[noreturn]] void reject(const BenchBinary& binary, const std::string& what, const std::string& hint) {
  throw BinaryError(fmt::format("{}: {}; {}", binary.path, what, hint));
}

std::string last_line(const std::string& path) {
  const std::vector<std::string> lines = lines_of(read_file(path));
  return lines.empty() ? "" : ": " + lines.back();
}

double sum_of_longest(const std::vector<double>& iteration_s, double at_least_s) {
  return std::accumulate(iteration_s.begin(), iteration_s.end(), 0.0,
                         [=](double sum, double s) { return sum + std::max(s, at_least_s); });
}

}  // namespace

BenchBinary probe_binary(const std::string& path, const std::vector<std::string>& arguments,
                         const std::string& scratch, const std::atomic<bool>& interrupted,
                         bool may_be_empty) {
  BenchBinary binary{.path = path, .arguments = arguments, .names = {}};
  const Probe probe(binary, scratch, interrupted);
  const ChildResult listed = probe.run({"--benchmark_list_tests=true"});
  require_space(scratch, "the list of cases");
  if (!listed.ok())
    reject(binary,
           fmt::format("--benchmark_list_tests=true: {}{}", listed.describe(), last_line(probe.errors())),
           "give a Google Benchmark binary, and check the arguments after --");
  binary.names = lines_of(read_file(probe.output()));
  if (binary.names.empty() && may_be_empty) return binary;
  if (binary.names.empty())
    reject(binary, "lists no case", "run it with --benchmark_list_tests=true to check");

  const auto accepts = [&](const std::string& flag) {
    return probe.run({"--benchmark_list_tests=true", flag}).ok() &&
           lines_of(read_file(probe.output())) == binary.names;
  };
  binary.interleaves = accepts("--benchmark_enable_random_interleaving=true");
  // A binary that ignores unknown flags would accept this one, too. So its help must name it.
  probe.run({"--help"});
  const bool documented = read_file(probe.output()).find("--process-seconds") != std::string::npos;
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
