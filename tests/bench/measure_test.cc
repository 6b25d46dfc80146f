#include "bench/measure.h"

#include <gmock/gmock.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

#include "bench/threads.h"

namespace warpgauge::bench {
namespace {

using ::testing::Each;
using ::testing::SizeIs;

const Kernel kIdle = {.name = "idle",
                      .backend = Backend::cpu,
                      .summary = "",
                      .deterministic = true,
                      .supports = nullptr,
                      .workspace_bytes = nullptr,
                      .launch = [](const Problem&, const Tensors&, const Launch&) {}};

// Gives the samples that a test wants, without measuring anything.
class ScriptedSampler : public Sampler {
 public:
  explicit ScriptedSampler(std::function<Sample(int)> script) : script_(std::move(script)) {}
  Sample take(const Kernel&, const Operands&) override { return script_(taken_++); }

 private:
  std::function<Sample(int)> script_;
  int taken_ = 0;
};

CaseResult measured_with(std::function<Sample(int)> script) {
  const Case only{.kernel = &kIdle, .problem = {}, .name = "cpu/idle", .unsupported = ""};
  std::vector<CaseResult> results{{.measured = only}};
  Stations stations;
  stations.emplace(Backend::cpu, Station{.pool = OperandPool(Backend::cpu, {&only, 1}, 1, 1),
                                         .sampler = std::make_unique<ScriptedSampler>(std::move(script)),
                                         .ceilings = {},
                                         .cache = CacheMode::warm});
  Options options;
  options.process_seconds = 0.01;
  options.repetitions = 3;
  measure_cases(results, stations, options);
  return results.front();
}

TEST(Measure, ASampleThatAnotherProcessInterruptedIsTakenAgain) {
  const CaseResult result = measured_with([](int n) {
    const bool interrupted = n % 2 == 0;
    return Sample{.real_ns = interrupted ? 9e6 : 1e6, .cpu_ns = 1e6, .interrupted = interrupted};
  });
  ASSERT_THAT(result.repetitions, SizeIs(3));
  for (const Repetition& repetition : result.repetitions) {
    EXPECT_THAT(repetition.samples_ns, Each(1e6));
    EXPECT_EQ(repetition.interrupted, static_cast<int>(repetition.samples_ns.size()));
  }
}

TEST(Measure, WhereEachIsInterruptedTheFourthStays) {
  const CaseResult result =
      measured_with([](int n) { return Sample{.real_ns = n + 1.0, .cpu_ns = 1, .interrupted = true}; });
  ASSERT_THAT(result.repetitions, SizeIs(3));
  for (const Repetition& repetition : result.repetitions) {
    EXPECT_EQ(repetition.interrupted, 3 * static_cast<int>(repetition.samples_ns.size()));
    for (const double sample : repetition.samples_ns) EXPECT_EQ(static_cast<int>(sample) % 4, 0);
  }
}

TEST(Measure, ALaunchAsLongAsSeveralTurnsIsNotTakenAgain) {
  const CaseResult result =
      measured_with([](int) { return Sample{.real_ns = 60e6, .cpu_ns = 30e6, .interrupted = true}; });
  ASSERT_THAT(result.repetitions, SizeIs(3));
  for (const Repetition& repetition : result.repetitions) EXPECT_EQ(repetition.interrupted, 0);
}

void spin_for(std::chrono::milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) {
  }
}

// A process that never rests, on one CPU, until it goes out of scope.
class Neighbour {
 public:
  explicit Neighbour(int cpu) : pid_(fork()) {
    if (pid_ != 0) return;
    pin_to(cpu);
    for (volatile bool forever = true; forever;) {
    }
  }
  ~Neighbour() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  Neighbour(const Neighbour&) = delete;
  Neighbour& operator=(const Neighbour&) = delete;

  static void pin_to(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    sched_setaffinity(0, sizeof set, &set);
  }

 private:
  pid_t pid_;
};

TEST(CpuSampler, KnowsWhenAnotherProcessHadItsTurn) {
  Kernel busy = kIdle;
  busy.launch = [](const Problem&, const Tensors&, const Launch&) {
    spin_for(std::chrono::milliseconds(400));
  };
  const int cpu = allowed_cpus().front();
  Neighbour::pin_to(cpu);
  const Neighbour neighbour(cpu);
  EXPECT_TRUE(make_cpu_sampler(CacheMode::warm)->take(busy, {}).interrupted);
}

TEST(CpuSampler, KnowsWhenNoneHad) {
  const std::unique_ptr<Sampler> sampler = make_cpu_sampler(CacheMode::warm);
  int interrupted = 0;
  for (int i = 0; i < 100; ++i) interrupted += sampler->take(kIdle, {}).interrupted;
  EXPECT_LT(interrupted, 50);  // of a hundred that take a microsecond
}

}  // namespace
}  // namespace warpgauge::bench
