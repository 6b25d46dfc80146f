// compare_bench [DIR]: time and memory for reading and matching two result files. Writes Google Benchmark
// JSON of 20,000 and 100,000 rows into DIR (default: the directory for temporary files), reads each pair in
// its own process, and prints the fastest of five runs:
//
//   rows/file   MB/file   seconds   CPU s   MB/s   peak MB
//
// On a busy machine, only the CPU seconds (user and system) count.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>

#include "compare/decide/match.h"
#include "compare/input/reader.h"

namespace {

constexpr int kRepetitions = 10;
constexpr int kRuns = 5;

// In the form of Google Benchmark 1.7: ten repetitions of each case, one after the other.
void write_results(const std::filesystem::path& path, int rows, double slowdown) {
  std::ofstream out(path);
  out.precision(16);
  out << std::scientific;
  out << R"({
  "context": {
    "date": "2026-01-01T00:00:00+00:00",
    "host_name": "here",
    "executable": "./bench",
    "num_cpus": 2,
    "mhz_per_cpu": 2000,
    "cpu_scaling_enabled": false,
    "caches": [
    ],
    "load_avg": [0.1,0.2,0.3],
    "library_build_type": "release"
  },
  "benchmarks": [
)";
  for (int row = 0; row < rows; ++row) {
    const int family = row / kRepetitions;
    const std::string name = "naive/f32/B:1/H:" + std::to_string(family) + "/S:512/D:64/causal:0";
    const double time = (100 + family % 977) * slowdown * (1 + 0.001 * (row * 7919 % 13));
    out << "    {\n      \"name\": \"" << name << "\",\n      \"family_index\": " << family
        << ",\n      \"per_family_instance_index\": 0,\n      \"run_name\": \"" << name
        << "\",\n      \"run_type\": \"iteration\",\n      \"repetitions\": " << kRepetitions
        << ",\n      \"repetition_index\": " << row % kRepetitions
        << ",\n      \"threads\": 1,\n      \"iterations\": 1000,\n      \"real_time\": " << time
        << ",\n      \"cpu_time\": " << time << ",\n      \"time_unit\": \"ns\"\n    }"
        << (row + 1 < rows ? ",\n" : "\n");
  }
  out << "  ]\n}\n";
  if (!out.flush()) throw std::runtime_error(path.string() + ": cannot be written");
}

struct Seconds {
  double wall = 0, cpu = 0;
};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

Seconds seconds_to_compare(const std::string& base, const std::string& head) {
  const auto begin = std::chrono::steady_clock::now();
  const double cpu_begin = cpu_seconds();
  const warpgauge::ReadOptions options;
  const warpgauge::ResultSet base_results = warpgauge::read_results({base}, options);
  const warpgauge::ResultSet head_results = warpgauge::read_results({head}, options);
  const warpgauge::Matching matching = warpgauge::match_cases(base_results, head_results);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  if (matching.pairs.empty()) throw std::runtime_error("nothing was matched");
  return {elapsed.count(), cpu_seconds() - cpu_begin};
}

// In a child process, so that its peak memory is that of this pair.
void print_in_child(int rows, const std::filesystem::path& base, const std::filesystem::path& head) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    Seconds fastest = seconds_to_compare(base, head);
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    for (int run = 1; run < kRuns; ++run) {
      const Seconds one = seconds_to_compare(base, head);
      fastest = {std::min(fastest.wall, one.wall), std::min(fastest.cpu, one.cpu)};
    }
    const double megabytes = static_cast<double>(std::filesystem::file_size(base)) / 1e6;
    std::printf("%9d %11.1f %9.3f %7.3f %6.0f %9.1f\n", rows, megabytes, fastest.wall, fastest.cpu,
                2 * megabytes / fastest.cpu, static_cast<double>(usage.ru_maxrss) * 1024 / 1e6);
    std::fflush(stdout);
    _exit(0);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
    throw std::runtime_error("the child failed");
}

}  // namespace

int main(int argc, char** argv) try {
  const std::filesystem::path dir = argc > 1 ? argv[1] : std::filesystem::temp_directory_path();
  std::printf("rows/file     MB/file   seconds   CPU s   MB/s   peak MB\n");
  for (const int rows : {20'000, 100'000}) {
    const auto base = dir / ("compare_bench_" + std::to_string(getpid()) + "_base.json");
    const auto head = dir / ("compare_bench_" + std::to_string(getpid()) + "_head.json");
    write_results(base, rows, 1);
    write_results(head, rows, 1.01);
    print_in_child(rows, base, head);
    std::filesystem::remove(base);
    std::filesystem::remove(head);
  }
} catch (const std::exception& error) {
  std::fprintf(stderr, "compare_bench: %s\n", error.what());
  return EXIT_FAILURE;
}
