// What the rows of a case show about the noise of their own measurement, beside their times.
//
// - The file states the deviation of the samples behind a mean (nvbench).
// - A row with one thread has a real_time above its cpu_time: the thread waited, or another process had its
//   processor. If head's cpu_time is higher too, and by more than the rest, the processor was shared: a
//   thread that another one interrupts also finds cold caches. Then the rest is noise. A thread that only
//   waits longer (sleep, lock, GPU) needs no more processor time.
// - A row has far fewer iterations than the others of its case: it was stopped early, by one slow iteration.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compare/decide/case_pair.h"
#include "compare/decide/notes.h"
#include "compare/statistics/two_sample_rule.h"

namespace warpgauge {

inline constexpr double kWellAbove = 0.10;     // of real_time above cpu_time, as a fraction
inline constexpr double kShared = 0.05;        // the same, from which on a processor may be shared
inline constexpr double kFewIterations = 0.1;  // of the median over the rows of the case and side

// The variance that one number per process has at least, beside the deviation between processes.
// `log_change`: of the metric, head over base. Sharing counts only if the metric is real_time.
[[nodiscard]] StatedNoise stated_noise(const CasePair& pair, double log_change, const Metric& metric);

// Remarks about all cases together.
[[nodiscard]] std::vector<Note> measuring_notes(const JudgedCases& pairs, const Metric& metric);

}  // namespace warpgauge
