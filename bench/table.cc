#include "bench/table.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "bench/roofline.h"
#include "bench/sample_statistics.h"

namespace warpgauge::bench {
namespace {

template <class... Values>
std::string format(const char* pattern, Values... values) {
  char text[256];
  std::snprintf(text, sizeof text, pattern, values...);
  return text;
}

std::string duration_text(double ns) {
  if (ns < 1e4) return format("%.3f us", ns * 1e-3);
  if (ns < 1e6) return format("%.1f us", ns * 1e-3);
  if (ns < 1e9) return format("%.3f ms", ns * 1e-6);
  return format("%.3f s", ns * 1e-9);
}

std::string number_or_dash(const char* pattern, double value) {
  return std::isfinite(value) ? format(pattern, value) : "-";
}

// "%.3g" with trailing zeros, and no exponent for the sizes that occur.
std::string three_digits(double value) {
  const int decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
  return format("%.*f", decimals, value);
}

// The beginning of a failure's first line; stderr has all of it.
std::string shortened(const std::string& failure) {
  constexpr std::size_t kWidth = 54;
  const std::string line = failure.substr(0, failure.find('\n'));
  return line.size() <= kWidth ? line : line.substr(0, kWidth - 3) + "...";
}

std::vector<double> all_samples(const CaseResult& result) {
  std::vector<double> samples;
  for (const Repetition& repetition : result.repetitions)
    samples.insert(samples.end(), repetition.samples_ns.begin(), repetition.samples_ns.end());
  return samples;
}

std::string right_line(const CaseResult& result) {
  return format("%10s  %10s  %6s  %7s  %5s  %6s", "right", "-", "-", "-", "-",
                number_or_dash("%.2f", result.accuracy.err_over_bound).c_str());
}

std::string timed_line(const CaseResult& result, const Station& station) {
  const SampleStatistics s = summarize(all_samples(result));
  const Roofline roofline =
      place_on_roofline(result.measured.problem, s.p50 * 1e-9, station.ceilings, station.cache);
  return format("%10s  %10s  %6s  %7s  %5s  %6s", duration_text(s.p50).c_str(), duration_text(s.p95).c_str(),
                number_or_dash("%.1f %%", 100 * s.cv).c_str(), three_digits(roofline.tflops).c_str(),
                number_or_dash("%.0f %%", roofline.percent).c_str(),
                number_or_dash("%.2f", result.accuracy.err_over_bound).c_str());
}

}  // namespace

void print_table(std::ostream& out, std::span<const CaseResult> results, const Stations& stations) {
  std::size_t width = 4;
  for (const CaseResult& result : results) width = std::max(width, result.measured.name.size());
  const auto cell = [width](std::string name) { return name + std::string(width - name.size() + 2, ' '); };
  out << cell("case") << "    median         p95      cv  TFLOP/s  roof.  error*\n";
  for (const CaseResult& result : results) {
    out << cell(result.measured.name);
    if (result.skipped())
      out << "skipped: " << result.measured.unsupported;
    else if (result.failed())
      out << shortened(result.failure);
    else if (!result.timed())
      out << right_line(result);
    else
      out << timed_line(result, stations.at(result.measured.kernel->backend));
    out << "\n";
  }
  out << "* largest error over its bound; at most 1 is right\n";
}

}  // namespace warpgauge::bench
