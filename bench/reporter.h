// Google Benchmark's JSON, as its readers expect it, with what its own reporter cannot write: `samples_ns`,
// an array in each row, and the object context.warpgauge. No bare NaN or infinity, no byte that is not UTF-8,
// no key twice.
//
// `iterations` is the number of samples, `real_time` their mean, `cpu_time` the processor time of a launch.
// Names are case keys: the suffixes that Google Benchmark adds for iterations, repetitions and manual time
// are left out. So are its aggregates: whoever compares has the samples.
#pragma once

#include <benchmark/benchmark.h>

#include <map>
#include <span>
#include <string>

#include "bench/fingerprint.h"
#include "bench/json.h"
#include "bench/result.h"

namespace warpgauge::bench {

class JsonReporter : public benchmark::BenchmarkReporter {
 public:
  JsonReporter(std::span<const CaseResult> results, const Fingerprint& fingerprint,
               std::span<const std::pair<std::string, std::string>> context);

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;

  // Of everything that was reported; skipped cases, which Google Benchmark never ran, come last.
  std::string text() const;

 private:
  Json row(const Run& run) const;

  std::map<std::string, const CaseResult*> results_;
  const Fingerprint& fingerprint_;
  std::span<const std::pair<std::string, std::string>> custom_context_;
  Json context_;
  Json rows_ = Json::array();
};

}  // namespace warpgauge::bench
