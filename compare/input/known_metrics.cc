#include "compare/input/known_metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace warpgauge {
namespace {

struct Entry {
  std::string_view name;  // the part behind the last '/'
  Better better;
  bool exact = false;
};

constexpr auto kTable = std::to_array<Entry>({
    // Google Benchmark's memory manager (--benchmark_memory...): counts of one fixed run.
    {"allocs_per_iter", Better::lower, true},
    {"max_bytes_used", Better::lower, true},
    {"total_allocated_bytes", Better::lower, true},
    {"net_heap_growth", Better::lower, true},
    // Google Benchmark's performance counters (libpfm's names).
    {"CYCLES", Better::lower},
    {"INSTRUCTIONS", Better::lower},
    {"CACHE-MISSES", Better::lower},
    {"BRANCH-MISSES", Better::lower},
    // Ours.
    {"tflops", Better::higher},
    {"gbps", Better::higher},
    {"roofline_pct", Better::higher},
    {"err_over_bound", Better::lower},
    // nvbench's tags.
    {"item_rate", Better::higher},
    {"utilization", Better::higher},
    {"correlation", Better::higher},
});

// A name is a time if one of its words is: "nv/cold/time/gpu/mean". So is one with a unit: "p95_ns".
constexpr std::array<std::string_view, 4> kTimes = {"time", "duration", "latency", "elapsed"};
constexpr std::array<std::string_view, 6> kUnitsOfTime = {"ns", "us", "ms", "sec", "seconds", "nanoseconds"};
// A quantity per time is a rate: MB_per_s, GB/s. "_s" alone is ambiguous: GB_s is a rate, too.
constexpr std::array<std::string_view, 6> kPer = {"s", "sec", "second", "ms", "us", "ns"};
constexpr std::array<std::string_view, 3> kBehindSlash = {"s", "sec", "second"};

bool is_one_of(std::string_view word, const auto& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The part after the last of these characters; the whole name if there is none.
std::string_view last_word(std::string_view name, const char* separators) {
  return name.substr(name.find_last_of(separators) + 1);  // npos + 1 = 0
}

bool is_rate(std::string_view name) {
  const std::string_view word = last_word(name, "_/"), before = name.substr(0, name.size() - word.size());
  return (before.ends_with("_per_") && is_one_of(word, kPer)) ||
         (before.ends_with("/") && before.size() > 1 && is_one_of(word, kBehindSlash));
}

bool is_time(std::string_view name) {
  for (std::string_view rest = name;;) {
    const std::size_t end = rest.find_first_of("_/");
    if (is_one_of(rest.substr(0, end), kTimes)) return true;
    if (end == std::string_view::npos)
      return name.ends_with(fmt::format("_{}", rest)) && is_one_of(rest, kUnitsOfTime);
    rest.remove_prefix(end + 1);
  }
}

}  // namespace

KnownMetric known_metric(std::string_view name) {
  const auto found = std::ranges::find(kTable, last_word(name, "/"), &Entry::name);
  if (found != kTable.end()) return {found->better, found->exact};
  if (is_rate(name)) return {Better::higher};
  if (is_time(name)) return {Better::lower};
  return {};
}

}  // namespace warpgauge
