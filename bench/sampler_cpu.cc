#include <sys/resource.h>

#include <chrono>
#include <cstdint>
#include <ctime>
#include <stdexcept>

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

#include "bench/sampler.h"

namespace warpgauge::bench {
namespace {

#if defined(__x86_64__)
void flush_lines(const void* memory, std::int64_t bytes) {
  constexpr std::int64_t kLine = 64;
  const char* begin = static_cast<const char*>(memory);
  for (std::int64_t offset = 0; offset < bytes; offset += kLine) _mm_clflush(begin + offset);
}

void flush_operands(const Problem& p, const Tensors& t) {
  const std::int64_t element = dtype_bytes(p.dtype);
  flush_lines(t.q, query_elements(p) * element);
  flush_lines(t.k, key_elements(p) * element);
  flush_lines(t.v, key_elements(p) * element);
  flush_lines(t.o, query_elements(p) * element);
  flush_lines(t.lse, lse_elements(p) * std::int64_t{sizeof(float)});
  _mm_mfence();
}
constexpr bool kCanFlush = true;
#else
void flush_operands(const Problem&, const Tensors&) {}
constexpr bool kCanFlush = false;
#endif

// How often a thread of this process had to give up its processor.
long involuntary_switches() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_nivcsw;
}

class CpuSampler : public Sampler {
 public:
  explicit CpuSampler(CacheMode cache) : cache_(cache) {}

  Sample take(const Kernel& kernel, const Operands& operands) override {
    if (cache_ == CacheMode::cold) flush_operands(operands.problem, operands.tensors);
    const long switches_before = involuntary_switches();
    const double cpu_before_ns = process_cpu_ns();
    const auto before = std::chrono::steady_clock::now();
    kernel.launch(operands.problem, operands.tensors, operands.launch);
    const auto after = std::chrono::steady_clock::now();
    const double cpu_ns = process_cpu_ns() - cpu_before_ns;
    return {.real_ns = std::chrono::duration<double, std::nano>(after - before).count(),
            .cpu_ns = cpu_ns,
            .interrupted = involuntary_switches() != switches_before};
  }

 private:
  CacheMode cache_;
};

}  // namespace

double process_cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

void launch_once(const Kernel& kernel, const Operands& operands) {
  kernel.launch(operands.problem, operands.tensors, operands.launch);
  synchronize(kernel.backend);
}

std::unique_ptr<Sampler> make_cpu_sampler(CacheMode cache) {
  if (cache == CacheMode::cold && !kCanFlush)
    throw std::runtime_error("--cache cold: cache lines can be flushed on x86-64 only; use --cache warm");
  return std::make_unique<CpuSampler>(cache);
}

}  // namespace warpgauge::bench
