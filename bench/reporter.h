// Writes Google Benchmark's JSON with two additions that its own reporter cannot write: `samples_ns`, an
// array in each row, and the object context.warpgauge. The JSON holds no NaN or infinity, only UTF-8, and no
// key twice.
//
// `iterations` is the number of samples, `real_time` their mean, `cpu_time` the CPU time of a launch. Names
// are case keys, without the suffixes of Google Benchmark for iterations, repetitions and manual time. There
// are no aggregates: the samples are in the rows.
#pragma once

#include <benchmark/benchmark.h>

#include <map>
#include <span>
#include <string>

#include "bench/environment.h"
#include "bench/json.h"
#include "bench/result.h"

namespace warpgauge::bench {

class JsonReporter : public benchmark::BenchmarkReporter {
 public:
  JsonReporter(std::span<const CaseResult> results, const Environment& environment,
               std::span<const std::pair<std::string, std::string>> context);

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;

  // The JSON of everything reported so far. Skipped cases come last: Google Benchmark did not run them.
  [[nodiscard]] std::string text() const;

 private:
  [[nodiscard]] Json row(const Run& run) const;

  std::map<std::string, const CaseResult*> results_;
  const Environment& environment_;
  std::span<const std::pair<std::string, std::string>> custom_context_;
  Json context_;
  Json rows_ = Json::array();
};

}  // namespace warpgauge::bench
