#include <gmock/gmock.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <thread>

#include "bench/run_queue.h"
#include "bench/sampler.h"
#include "bench/threads.h"

namespace warpgauge::bench {
namespace {

using ::testing::AllOf;
using ::testing::Gt;
using ::testing::Lt;

void pin_to(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  sched_setaffinity(0, sizeof set, &set);
}

// A process that keeps one CPU busy until the object is destroyed.
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

 private:
  pid_t pid_;
};

constexpr double kWorkNs = 200e6;

double thread_cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

void work(const Problem&, const Tensors&, const Launch&) {
  const double begin = thread_cpu_ns();
  while (thread_cpu_ns() - begin < kWorkNs) {
  }
}

void sleep(const Problem&, const Tensors&, const Launch&) {
  std::this_thread::sleep_for(std::chrono::nanoseconds(static_cast<long>(kWorkNs)));
}

class CpuSampler : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!RunQueue().known()) GTEST_SKIP() << "this system does not report descheduled time";
  }

  using Work = void (*)(const Problem&, const Tensors&, const Launch&);

  static Kernel kernel_of(Work launch) {
    return {.name = "test",
            .backend = Backend::cpu,
            .summary = "",
            .deterministic = true,
            .supports = nullptr,
            .workspace_bytes = nullptr,
            .launch = launch};
  }

  static Sample sample(Work launch, int threads) {
    return make_cpu_sampler(CacheMode::warm)
        ->take(kernel_of(launch), {.problem = {}, .tensors = {}, .launch = {.threads = threads}});
  }

  const int cpu_ = allowed_cpus().front();
};

// Two busy processes share a CPU evenly.
TEST_F(CpuSampler, DescheduledTimeIsExcluded) {
  pin_to(cpu_);
  const Neighbour neighbour(cpu_);
  const Sample taken = sample(work, 1);
  EXPECT_THAT(taken.real_ns, AllOf(Gt(0.9 * kWorkNs), Lt(1.3 * kWorkNs)));
  EXPECT_GT(taken.waited_ns, 0.3 * kWorkNs);
}

// A wait in the sampler's own code, outside of the launch, must not be subtracted: the time would be too
// short or negative.
TEST_F(CpuSampler, NoTimeIsShorterThanTheLaunch) {
  pin_to(cpu_);
  const Neighbour neighbour(cpu_);
  const std::unique_ptr<Sampler> sampler = make_cpu_sampler(CacheMode::warm);
  const Kernel brief = kernel_of([](const Problem&, const Tensors&, const Launch&) {
    const double begin = thread_cpu_ns();
    while (thread_cpu_ns() - begin < 1e3) {
    }
  });
  for (const double begin = thread_cpu_ns(); thread_cpu_ns() - begin < 1e9;)
    ASSERT_GT(sampler->take(brief, {}).real_ns, 1e3);
}

TEST_F(CpuSampler, DescheduledTimeOfSeveralThreadsIsIncluded) {
  pin_to(cpu_);
  const Neighbour neighbour(cpu_);
  const Sample taken = sample(work, 2);
  EXPECT_GT(taken.real_ns, 1.3 * kWorkNs);
  EXPECT_EQ(taken.waited_ns, 0);
}

TEST_F(CpuSampler, TimeThatTheKernelSleepsIsIncluded) {
  const Sample taken = sample(sleep, 1);
  EXPECT_GT(taken.real_ns, 0.95 * kWorkNs);
  EXPECT_LT(taken.cpu_ns, 0.5 * kWorkNs);
}

}  // namespace
}  // namespace warpgauge::bench
