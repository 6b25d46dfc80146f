#include <algorithm>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <stdexcept>
#include <vector>

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

#include "base/quantile.h"
#include "bench/raw_clock.h"
#include "bench/run_queue.h"
#include "bench/sampler.h"

namespace warpgauge::bench {
namespace {

#if defined(__x86_64__)
void flush_lines(const void* memory, std::int64_t bytes) {
  constexpr std::int64_t kLine = 64;
  const char* begin = static_cast<const char*>(memory);
  for (std::int64_t offset = 0; offset < bytes; offset += kLine) _mm_clflush(begin + offset);
}

void flush_operands(const Operands& operands) {
  for (const Operands::Range& range : operands.memory) flush_lines(range.begin, range.bytes);
  _mm_mfence();
}
constexpr bool kCanFlush = true;
#else
void flush_operands(const Operands&) {}
constexpr bool kCanFlush = false;
#endif

using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;

double nanoseconds(Time begin, Time end) {
  return std::chrono::duration<double, std::nano>(end - begin).count();
}

class CpuSampler : public Sampler {
 public:
  explicit CpuSampler(CacheMode cache) : cache_(cache) {
    constexpr int kLaunches = 33;
    const Kernel nothing{.name = "nothing",
                         .backend = Backend::cpu,
                         .summary = "",
                         .deterministic = true,
                         .supports = nullptr,
                         .workspace_bytes = nullptr,
                         .launch = [](const Problem&, const Tensors&, const Launch&) {}};
    std::vector<double> gaps_ns;
    for (int n = 0; n < kLaunches; ++n) gaps_ns.push_back(time_launch(nothing, {}).gap_ns);
    overhead_ns_ = median(gaps_ns);
  }

  Sample take(const Kernel& kernel, const Operands& operands, const RowCopies* copies) override {
    if (cache_ == CacheMode::cold) flush_operands(operands);
    const Sample sample = time_launch(kernel, operands);
    if (copies) copy_rows(operands, *copies);
    return sample;
  }

  double largest_gap_ns(double launch_ns) const override {
    constexpr double kSpread = 4, kShare = 0.02, kLeastNs = 20e3;
    return kSpread * overhead_ns_ + kShare * launch_ns + kLeastNs;
  }

 private:
  static void copy_rows(const Operands& operands, const RowCopies& copies) {
    const auto bytes =
        static_cast<std::size_t>(value_dim_of(operands.problem) * dtype_bytes(operands.problem.dtype));
    std::size_t n = 0;
    for (const std::int64_t row : copies.rows) {
      copies.o->upload(static_cast<const char*>(operands.tensors.o) + static_cast<std::size_t>(row) * bytes,
                       bytes, n * bytes);
      copies.lse->upload(operands.tensors.lse + row, sizeof(float), n * sizeof(float));
      ++n;
    }
  }

  Sample time_launch(const Kernel& kernel, const Operands& operands) {
    const Time outer_before = Clock::now();
    const double waited_before_ns = run_queue_.waited_ns();
    const double busy_before_ns = raw_process_cpu_ns(), own_before_ns = raw_thread_cpu_ns();
    const double cpu_before_ns = process_cpu_ns();
    const double raw_before_ns = raw_clock_ns();  // close to `before`: after a launch a system call is slow
    const Time before = Clock::now();
    kernel.launch(operands.problem, operands.tensors, operands.launch);
    const Time after = Clock::now();
    const double raw_ns = raw_clock_ns() - raw_before_ns;
    const double cpu_ns = process_cpu_ns() - cpu_before_ns;
    const double own_ns = raw_thread_cpu_ns() - own_before_ns;
    const double busy_ns = raw_process_cpu_ns() - busy_before_ns;
    const double outer_waited_ns = run_queue_.waited_ns() - waited_before_ns;
    const Time outer_after = Clock::now();
    // A wait may also fall between two of these lines. Neither time below can be less than the launch took.
    double real_ns = nanoseconds(before, after);
    double waited_ns = 0;
    // Another thread of this process may have had the CPU, to do the work of the launch.
    const double others_waited_ns = std::max(0.0, outer_waited_ns - std::max(0.0, busy_ns - own_ns));
    const double gap_ns = raw_ns - real_ns - others_waited_ns;
    if (others_waited_ns > 0 && operands.launch.threads == 1) {
      const double working_ns = nanoseconds(outer_before, outer_after) - others_waited_ns;
      waited_ns = std::max(0.0, real_ns - working_ns);
      real_ns -= waited_ns;
    }
    return {
        .real_ns = real_ns, .waited_ns = waited_ns, .cpu_ns = cpu_ns, .busy_ns = busy_ns, .gap_ns = gap_ns};
  }

  CacheMode cache_;
  double overhead_ns_ = 0;
  RunQueue run_queue_;
};

}  // namespace

double process_cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

void launch_once(const Kernel& kernel, const Operands& operands) {
  const Stream stream(kernel.backend);
  Launch launch = operands.launch;
  launch.stream = stream.get();
  kernel.launch(operands.problem, operands.tensors, launch);
  synchronize(kernel.backend);
}

std::unique_ptr<Sampler> make_cpu_sampler(CacheMode cache) {
  if (cache == CacheMode::cold && !kCanFlush)
    throw std::runtime_error("--cache=cold: cache lines can be flushed on x86-64 only; use --cache=warm");
  return std::make_unique<CpuSampler>(cache);
}

}  // namespace warpgauge::bench
