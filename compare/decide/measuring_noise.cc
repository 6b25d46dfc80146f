#include "compare/decide/measuring_noise.h"

#include <algorithm>
#include <cmath>

#include "base/quantile.h"

namespace warpgauge {
namespace {

constexpr double kNegligibleNoise = 0.005;  // of a mean; not worth a note

using SideCases = std::vector<MeasuredCase>;

// Calls take(row, process) for every row of one side.
template <class Take>
void for_rows(const SideCases& side, Take take) {
  for (const MeasuredCase& one : side)
    for (const Repetition& row : one.measured->repetitions) take(row, *one.process);
}

// The median of log(real_time / cpu_time) over the rows of one side; empty if a row lacks it.
std::optional<double> log_real_per_cpu(const SideCases& side) {
  std::vector<double> logs;
  for_rows(side, [&](const Repetition& row, const Process&) { logs.push_back(std::log(row.real_per_cpu)); });
  if (logs.empty() || std::ranges::any_of(logs, [](double one) { return std::isnan(one); }))
    return std::nullopt;
  return median(logs);
}

// A stored baseline has neither processor time nor iterations.
bool is_stored(const SideCases& side) {
  bool stored = true;
  for_rows(side, [&](const Repetition& row, const Process&) { stored &= std::isnan(row.iterations); });
  return stored;
}

// By how much real_time changed beyond cpu_time because a processor was shared; 0: it was not.
double shared_processor(const CasePair& pair, double log_change) {
  const auto head = log_real_per_cpu(pair.head);
  if (!head) return 0;
  // A stored baseline has no cpu_time: then base is taken not to have waited.
  const std::optional<double> base = is_stored(pair.base) ? 0 : log_real_per_cpu(pair.base);
  if (!base) return 0;
  const double rest = *head - *base, cpu_change = log_change - rest;
  const bool head_shared = *head > std::log1p(kShared) && rest > 0 && cpu_change >= rest;
  const bool base_shared = *base > std::log1p(kShared) && rest < 0 && cpu_change <= rest;
  return head_shared || base_shared ? std::abs(rest) : 0;
}

// Of the mean of a process's samples: the mean over the processes.
StatedNoise sample_noise(const CasePair& pair) {
  StatedNoise noise;
  double processes = 0;
  for (const SideCases* side : {&pair.base, &pair.head}) {
    for (const MeasuredCase& one : *side) {
      ++processes;
      if (!one.measured->noise) continue;
      const SampleNoise& stated = *one.measured->noise;
      noise.variance += stated.deviation * stated.deviation / stated.samples;
      noise.df += stated.samples - 1;
    }
  }
  if (noise.df > 0) noise.variance /= processes;
  return noise;
}

struct FewestIterations {
  std::int64_t rows = 0;
  double share = 1, iterations = 0, others = 0;  // of the row with the smallest share
  std::string name, file;
};

void find_few_iterations(const std::string& name, const SideCases& side, FewestIterations& fewest) {
  std::vector<double> all;
  for_rows(side, [&](const Repetition& row, const Process&) {
    if (!std::isnan(row.iterations)) all.push_back(row.iterations);
  });
  if (all.size() < 3) return;
  const double others = median(all);
  for_rows(side, [&](const Repetition& row, const Process& process) {
    if (!(row.iterations < kFewIterations * others)) return;
    ++fewest.rows;
    if (row.iterations / others >= fewest.share) return;
    fewest = {fewest.rows, row.iterations / others, row.iterations, others, name, process.file};
  });
}

}  // namespace

StatedNoise stated_noise(const CasePair& pair, double log_change, const Metric& metric) {
  StatedNoise noise = sample_noise(pair);
  const double shared = metric.name == "real_time" ? shared_processor(pair, log_change) : 0;
  if (shared * shared > noise.variance) return {shared * shared, std::numeric_limits<double>::infinity()};
  return noise;
}

std::vector<Note> measuring_notes(const JudgedCases& pairs, const Metric& metric) {
  note::WaitedForProcessor waited;
  note::SampleNoiseStated stated;
  FewestIterations few;
  for (const CasePair* pair : pairs) {
    for (const SideCases* side : {&pair->base, &pair->head}) {
      find_few_iterations(pair->name, *side, few);
      for (const MeasuredCase& one : *side)
        if (one.measured->noise && one.measured->noise->deviation > stated.deviation)
          stated = {stated.cases, pair->name, one.measured->noise->deviation,
                    static_cast<std::int64_t>(one.measured->noise->samples)};
    }
    stated.cases += sample_noise(*pair).variance > kNegligibleNoise * kNegligibleNoise;
    if (metric.name != "real_time") continue;
    const double most =
        std::max(log_real_per_cpu(pair->base).value_or(0), log_real_per_cpu(pair->head).value_or(0));
    if (most <= std::log1p(kWellAbove)) continue;
    ++waited.cases;
    if (std::exp(most) > waited.ratio) waited = {waited.cases, pair->name, std::exp(most)};
  }
  std::vector<Note> notes;
  if (stated.cases > 0) notes.push_back(stated);
  if (waited.cases > 0) notes.push_back(waited);
  if (few.rows > 0)
    notes.push_back(note::FewIterations{few.rows, few.name, few.file,
                                        static_cast<std::int64_t>(few.iterations),
                                        static_cast<std::int64_t>(few.others)});
  return notes;
}

}  // namespace warpgauge
