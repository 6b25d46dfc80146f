#include "bench/measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <random>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "bench/sample_statistics.h"
#include "bench/timing_audit.h"
#include "fuzz/crash_note.h"
#include "fuzz/random.h"

namespace warpgauge::bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// A case that is being measured.
struct Subject {
  CaseResult& result;
  BackendRuntime& runtime;
  Operands operands;
  RandomStream draws;  // of its inputs and of the launches that are checked
  std::uint64_t drawn = 0;
  TimingAudit audit = {};

  bool is_over() const { return result.failed() || !runtime.lost.empty(); }
  std::uint64_t next_bits() { return draws.bits(drawn++); }

  // One launch on new inputs. Its rows are kept if `recorder` is not null.
  Sample sample(RowRecorder* recorder) {
    const std::uint64_t draw = next_bits() | 1;  // 0 would change nothing
    runtime.pool->renew(operands.problem, RenewalDraw(draw));
    const RowCopies* copies = recorder ? recorder->choose(next_bits()) : nullptr;
    const Sample taken = runtime.sampler->take(*result.measured.kernel, operands, copies);
    if (recorder) result.timed_rows.push_back(recorder->recorded(draw));
    return taken;
  }
};

// A seed that no kernel can know before the process runs.
std::uint64_t unpredictable_seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

std::vector<Subject> subjects_of(std::span<CaseResult> results, BackendRuntimes& runtimes) {
  std::vector<Subject> subjects;
  const std::uint64_t seed = unpredictable_seed();
  for (CaseResult& result : results) {
    if (result.skipped() || result.failed()) continue;
    const Case& each = result.measured;
    BackendRuntime& runtime = runtimes.at(each.kernel->backend);
    subjects.push_back({result, runtime, runtime.pool->bind(*each.kernel, each.problem),
                        RandomStream(seed, subjects.size())});
  }
  return subjects;
}

// Runs `work`. An exception becomes the failure of the case.
template <class Work>
void attempt(Subject& subject, Work work) {
  const CrashNote note(crash_text(subject.result.measured));
  try {
    work();
  } catch (const std::exception& error) {
    subject.result.fail(fmt::format("failed: {}", error.what()));
    subject.runtime.notice_loss(subject.result.measured);
  }
  if (!subject.runtime.lost.empty()) return;
  try {
    subject.runtime.pool->restore();  // the memory is shared by all cases
  } catch (const std::exception& error) {
    subject.result.fail(fmt::format("failed: {}", error.what()));
    subject.runtime.notice_loss(subject.result.measured);
  }
}

// Takes samples that only serve to estimate duration and variation: at least three, then as many as the
// case's share of the time allows.
Estimate warm_up(Subject& subject, double share_seconds) {
  constexpr std::size_t kFewest = 3, kMost = 30;
  subject.runtime.pool->prepare(subject.operands.problem);
  launch_once(*subject.result.measured.kernel, subject.operands);  // the first launch loads code
  const auto begin = Clock::now();
  std::vector<double> samples_ns;
  while (samples_ns.size() < kFewest || (samples_ns.size() < kMost && seconds_since(begin) < share_seconds))
    samples_ns.push_back(subject.sample(nullptr).real_ns);
  const double sample_seconds = seconds_since(begin) / static_cast<double>(samples_ns.size());
  return {.sample_seconds = sample_seconds, .cv = summarize(samples_ns).cv};
}

// `checked` of the samples, drawn at random, are checked after the timing.
Repetition repeat(Subject& subject, int samples, int checked) {
  Repetition repetition;
  RowRecorder recorder(subject.runtime.pool->backend(), subject.operands.problem);
  for (int n = 0; n < samples; ++n) {
    const bool is_checked =
        subject.next_bits() % static_cast<std::uint64_t>(samples - n) < static_cast<std::uint64_t>(checked);
    checked -= is_checked;
    const Sample sample = subject.sample(is_checked ? &recorder : nullptr);
    subject.audit.add(sample);
    repetition.samples_ns.push_back(sample.real_ns);
    repetition.cpu_ns += sample.cpu_ns / samples;
    repetition.waited_ns += sample.waited_ns / samples;
  }
  return repetition;
}

// Estimates of all subjects, including failed ones.
std::vector<Estimate> warm_up_all(std::vector<Subject>& subjects, double seconds) {
  std::vector<Estimate> estimates;
  Progress progress("warming up");
  for (Subject& subject : subjects) {
    const auto count = static_cast<double>(subjects.size());
    progress.show(static_cast<double>(estimates.size()) / count, subject.result.measured.name);
    Estimate estimate{};
    if (!subject.is_over()) attempt(subject, [&] { estimate = warm_up(subject, seconds / count); });
    estimates.push_back(estimate);
  }
  return estimates;
}

void run_rounds(std::vector<Subject>& subjects, const Plan& plan, std::uint64_t seed) {
  Progress progress("measuring");
  const auto count = static_cast<int>(subjects.size());
  for (int round = 0; round < plan.repetitions; ++round) {
    int done = 0;
    for (int index : round_order(count, seed, round)) {
      Subject& subject = subjects[static_cast<std::size_t>(index)];
      progress.show((round + static_cast<double>(done++) / count) / plan.repetitions,
                    subject.result.measured.name);
      if (subject.is_over()) continue;
      const int samples = plan.samples[static_cast<std::size_t>(index)];
      const int checked = std::min(samples, (kCheckedLaunches + plan.repetitions - 1) / plan.repetitions);
      attempt(subject, [&] { subject.result.repetitions.push_back(repeat(subject, samples, checked)); });
    }
  }
}

// Idle threads of OpenMP may spin. Their CPU time is then no work of the kernel.
bool idle_threads_spin() {
  const char* policy = std::getenv("OMP_WAIT_POLICY");
  return policy && (std::string_view(policy) == "active" || std::string_view(policy) == "ACTIVE");
}

void audit(Subject& subject) {
  const int threads = subject.runtime.pool->backend() == Backend::cuda || idle_threads_spin()
                          ? 0
                          : subject.operands.launch.threads;
  if (const std::string fault = subject.audit.fault(*subject.runtime.sampler, threads); !fault.empty())
    subject.result.fail(fmt::format("failed: {}", fault));
}

}  // namespace

Plan measure_cases(std::span<CaseResult> results, BackendRuntimes& runtimes, const Options& options) {
  constexpr double kWarmUpShare = 0.15;
  const auto begin = Clock::now();
  std::vector<Subject> subjects = subjects_of(results, runtimes);
  const std::vector<Estimate> estimates = warm_up_all(subjects, kWarmUpShare * options.seconds());
  const double left = std::max(0.0, options.seconds() - seconds_since(begin));
  const Plan plan = make_plan(estimates, left, options.repetitions);
  run_rounds(subjects, plan, options.seed);
  for (Subject& subject : subjects) {
    if (subject.result.failed()) continue;
    if (!subject.result.timed())
      subject.result.fail(fmt::format("failed: {}", subject.runtime.lost));
    else
      audit(subject);
  }
  return plan;
}

}  // namespace warpgauge::bench
