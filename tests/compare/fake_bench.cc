// A fake Google Benchmark binary for tests of `compare ab`. It accepts the relevant flags, generates times
// with the given noise, and fails on request. Cases are fake/0 ... fake/N-1; case n takes 1000 (n + 1) ns.
//
//   --cases=N  --prefix=NAME (of the cases, in place of "fake")
//   --noise=F (of a repetition)  --common=F (of a process)  --slow=SUBSTRING=FACTOR
//   --allocs=CASE=N (counter allocs_per_iter: N in these cases, else 0)  --allocs-only=PART (others lack it)
//   --counter=NAME (in place of allocs_per_iter)  --exact=NAMES (the context declares these counters exact)
//   --vary-allocs (each process has another number)
//   --zero-in=PART (one repetition counts 0, if the path of its results contains PART)
//   --waiting=F (mean of what real_time is above cpu_time, as a fraction)  --cpu-noise=F (of cpu_time alone)
//   --jitter=SUBSTRING=FACTOR (of the noise)
//   --crash=CASE  --crash-from=CASE (it and all later ones)  --crash-interleaved (only if interleaved)
//   --hang=CASE
//   --crash-unless-alone=CASE  --error=CASE  --omit=CASE  --extra (a row that was not requested)
//   --all (ignores the filter)  --buffers (writes no row before it ends)
//   --plans (takes a time budget and always interleaves, like warpgauge-bench)
//   --stretch=F (reports times that are F times as long as they can have been)
//   --exit=CODE  --only-in=PART (fails only if the path of its results contains PART)
//   --slow-in=PART (is slow only if the path of its results contains PART)
#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/pattern.h"

namespace {

class Flags {
 public:
  Flags(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
      const std::string text = argv[i];
      const std::size_t equals = text.find('=');
      values_[text.substr(0, equals)] = equals == std::string::npos ? "true" : text.substr(equals + 1);
    }
  }
  std::string text(const std::string& name, const std::string& otherwise = "") const {
    const auto found = values_.find("--" + name);
    return found == values_.end() ? otherwise : found->second;
  }
  double number(const std::string& name, double otherwise) const {
    const std::string value = text(name);
    return value.empty() ? otherwise : std::stod(value);
  }
  bool on(const std::string& name) const { return text(name) == "true"; }

 private:
  std::map<std::string, std::string> values_;
};

// "PART=FACTOR": the factor if the text contains the part, else 1.
double factor_for(const std::string& rule, const std::string& text) {
  const std::size_t equals = rule.rfind('=');
  if (equals == std::string::npos || text.find(rule.substr(0, equals)) == std::string::npos) return 1;
  return std::stod(rule.substr(equals + 1));
}

// Nothing if the case lacks the counter. `drawn`: a number of this process.
std::optional<double> allocs_of(const Flags& flags, const std::string& name, double drawn) {
  const std::string rule = flags.text("allocs");
  if (rule.empty() || name.find(flags.text("allocs-only")) == std::string::npos) return std::nullopt;
  const bool counted = name.find(rule.substr(0, rule.rfind('='))) != std::string::npos;
  return (counted ? factor_for(rule, name) : 0) + (flags.on("vary-allocs") ? drawn : 0);
}

std::string row(const std::string& name, int repetition, int repetitions, double time_ns, bool error,
                double real_per_cpu = 1, double cpu_factor = 1, std::optional<double> allocs = {},
                const std::string& counter = "allocs_per_iter") {
  nlohmann::ordered_json j{{"name", name},
                           {"run_name", name},
                           {"run_type", "iteration"},
                           {"repetitions", repetitions},
                           {"repetition_index", repetition},
                           {"threads", 1}};
  if (error) j.update(nlohmann::ordered_json{{"error_occurred", true}, {"error_message", "wrong result"}});
  j.update(nlohmann::ordered_json{{"iterations", 1},
                                  {"real_time", error ? 0 : time_ns * real_per_cpu},
                                  {"cpu_time", time_ns * cpu_factor},
                                  {"time_unit", "ns"}});
  if (allocs) j[counter] = *allocs;
  std::string text = j.dump(6);
  return "    " + text;
}

}  // namespace

int main(int argc, char** argv) {
  const Flags flags(argc, argv);
  const bool plans = flags.on("plans");
  if (flags.on("help")) return std::puts(plans ? "fake_bench [--process-seconds=S]" : "fake_bench"), 0;
  std::vector<std::string> names;
  for (int n = 0; n < static_cast<int>(flags.number("cases", 6)); ++n)
    names.push_back(flags.text("prefix", "fake") + "/" + std::to_string(n));
  if (flags.on("benchmark_list_tests")) {
    for (const std::string& name : names) std::puts(name.c_str());
    return 0;
  }

  const std::string out_file = flags.text("benchmark_out");
  const bool fails = out_file.find(flags.text("only-in")) != std::string::npos;
  const auto fails_on = [&](const char* flag, const std::string& name) {
    return fails && name == flags.text(flag);
  };
  const warpgauge::Pattern filter(flags.on("all") ? "." : flags.text("benchmark_filter", "."));
  const bool interleaved = plans || flags.on("benchmark_enable_random_interleaving");
  const int repetitions = static_cast<int>(flags.number("benchmark_repetitions", plans ? 20 : 1));
  std::mt19937_64 random(std::random_device{}());
  std::normal_distribution<double> normal;
  std::exponential_distribution<double> waiting;
  const double shared = 1 + flags.number("common", 0) * normal(random);
  const double drawn = std::floor(1e6 * std::abs(normal(random)));
  const std::string slow =
      out_file.find(flags.text("slow-in")) == std::string::npos ? "" : flags.text("slow");
  const auto selected = std::count_if(names.begin(), names.end(),
                                      [&](const std::string& name) { return filter.is_found_in(name); });
  // Times stay positive: the normal numbers are cut at -0.9 / kMostNoise.
  constexpr double kMostNoise = 0.4;
  const auto noise_of = [&](const std::string& name) {
    return std::min(kMostNoise, flags.number("noise", 0.005) * factor_for(flags.text("jitter"), name));
  };
  const std::string zero_in = flags.text("zero-in");
  const bool has_zero = !zero_in.empty() && out_file.find(zero_in) != std::string::npos;
  std::vector<std::string> rows;
  const auto flush = [&] {
    std::ofstream out(out_file);
    out << "{\n  \"context\": {\"date\": \"2026-01-01T00:00:00+00:00\", \"host_name\": \"fake\", "
           "\"num_cpus\": 2, "
           "\"mhz_per_cpu\": 1000, \"caches\": [], \"exact_counters\": \""
        << flags.text("exact")
        << "\", \"library_build_type\": \"release\"},\n  \"benchmarks\": "
           "[\n";
    for (std::size_t i = 0; i < rows.size(); ++i) out << (i ? ",\n" : "") << rows[i];
  };
  bool crashing = false;
  for (std::size_t n = 0; n < names.size(); ++n) {
    const std::string& name = names[n];
    if (fails_on("crash-from", name)) crashing = true;
    if (!filter.is_found_in(name)) continue;
    const bool may_crash = interleaved || !flags.on("crash-interleaved");
    const bool unless_alone = fails_on("crash-unless-alone", name) && selected > 1;
    if ((crashing || unless_alone || fails_on("crash", name)) && may_crash) {
      if (interleaved || flags.on("buffers")) rows.clear();
      flush();
      std::raise(SIGKILL);
    }
    if (fails_on("hang", name)) {
      if (interleaved || flags.on("buffers")) rows.clear();
      flush();
      std::this_thread::sleep_for(std::chrono::hours(1));
    }
    if (fails_on("omit", name)) continue;
    for (int r = 0; r < repetitions; ++r) {
      const double time_ns = 1000.0 * static_cast<double>(n + 1) * factor_for(slow, name) * shared *
                             (1 + noise_of(name) * std::max(-0.9 / kMostNoise, normal(random))) *
                             flags.number("stretch", 1);
      rows.push_back(row(name, r, repetitions, time_ns, fails_on("error", name),
                         1 + flags.number("waiting", 0) * waiting(random),
                         std::exp(flags.number("cpu-noise", 0) * normal(random)),
                         has_zero && r == 0 ? std::optional<double>(0) : allocs_of(flags, name, drawn),
                         flags.text("counter", "allocs_per_iter")));
    }
  }
  if (fails && flags.on("extra")) rows.push_back(row("fake/unrequested", 0, 1, 1000, false));
  flush();
  std::ofstream(out_file, std::ios::app) << "\n  ]\n}\n";
  return fails ? static_cast<int>(flags.number("exit", 0)) : 0;
}
