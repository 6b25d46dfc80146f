#include "bench/timing_audit.h"

#include <fmt/format.h>

#include <functional>

#include "base/number_format.h"
#include "base/quantile.h"

namespace warpgauge::bench {

std::string TimingAudit::fault(const Sampler& sampler, int threads) const {
  const auto median_of = [this](const std::function<double(const Sample&)>& value) {
    std::vector<double> values;
    for (const Sample& sample : samples_) values.push_back(value(sample));
    return median(values);
  };
  if (samples_.empty()) return {};
  const double beyond_ns =
      median_of([&](const Sample& s) { return s.gap_ns - sampler.largest_gap_ns(s.real_ns + s.waited_ns); });
  if (beyond_ns > 0)
    return fmt::format(
        "the clock that times launches and a second clock disagree: in the median, {} and {} for a launch; "
        "does the kernel change the clock?",
        format_duration(median_of([](const Sample& s) { return s.real_ns + s.waited_ns; })),
        format_duration(median_of([](const Sample& s) { return s.real_ns + s.waited_ns + s.gap_ns; })));
  constexpr double kOverheadNs = 50e3, kMostShare = 1.25;
  if (threads == 0 || median_of([&](const Sample& s) {
                        return s.busy_ns - (kMostShare * threads * (s.real_ns + s.waited_ns) + kOverheadNs);
                      }) <= 0)
    return {};
  return fmt::format(
      "a launch takes {} and {} of CPU time, more than {} can give; a kernel must not use more than "
      "Launch::threads",
      format_duration(median_of([](const Sample& s) { return s.real_ns + s.waited_ns; })),
      format_duration(median_of([](const Sample& s) { return s.busy_ns; })),
      format_count(threads, "threads"));
}

}  // namespace warpgauge::bench
