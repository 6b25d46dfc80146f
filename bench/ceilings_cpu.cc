#include <benchmark/benchmark.h>
#include <omp.h>

#include <algorithm>
#include <vector>

#include "bench/ceilings.h"
#include "bench/cpu_arithmetic.h"
#include "bench/raw_clock.h"

namespace warpgauge::bench {
namespace {

// The rate of all threads together. `work` does the share of one thread and returns its amount. CPU time:
// other processes must not lower the ceiling.
template <class Work>
Rate best_rate(int threads, int runs, Work work) {
  std::vector<double> rates;
  for (int run = 0; run < runs; ++run) {
    double rate = 0;
#pragma omp parallel num_threads(threads) reduction(+ : rate)
    {
      const double begin_ns = raw_thread_cpu_ns();
      const double done = work(omp_get_thread_num());
      rate += done / ((raw_thread_cpu_ns() - begin_ns) * 1e-9);
    }
    rates.push_back(rate);
  }
  return rate_of_runs(rates);
}

// Sums `bytes` of memory `passes` times.
template <class Vector>
[[gnu::always_inline]] inline double read_memory(const char* memory, std::int64_t bytes, int passes) {
  constexpr int kChains = 8;
  constexpr std::int64_t kStep = kChains * sizeof(Vector);
  Vector sums[kChains] = {};
  for (int pass = 0; pass < passes; ++pass) {
    for (std::int64_t offset = 0; offset + kStep <= bytes; offset += kStep)
      for (int chain = 0; chain < kChains; ++chain) {
        Vector loaded;
        __builtin_memcpy(&loaded, memory + offset + chain * std::int64_t{sizeof(Vector)}, sizeof loaded);
        sums[chain] += loaded;
      }
    __asm__ volatile("" : : : "memory");
  }
  __asm__ volatile("" : : "m"(sums));
  return static_cast<double>(bytes / kStep * kStep) * passes;
}

typedef float Vector16 __attribute__((vector_size(16)));
using ReadMemory = double (*)(const char* memory, std::int64_t bytes, int passes);

#if defined(__x86_64__)
typedef float Vector32 __attribute__((vector_size(32)));
typedef float Vector64 __attribute__((vector_size(64)));
__attribute__((target("avx512f"))) double read_avx512(const char* memory, std::int64_t bytes, int passes) {
  return read_memory<Vector64>(memory, bytes, passes);
}
__attribute__((target("avx2"))) double read_avx2(const char* memory, std::int64_t bytes, int passes) {
  return read_memory<Vector32>(memory, bytes, passes);
}

ReadMemory widest_read() {
  if (__builtin_cpu_supports("avx512f")) return read_avx512;
  return __builtin_cpu_supports("avx2") ? read_avx2 : read_memory<Vector16>;
}
#else
ReadMemory widest_read() {
  return read_memory<Vector16>;
}
#endif

// The fastest instructions of each type.
void measure_arithmetic(Ceilings& ceilings, int threads) {
  constexpr std::int64_t kSteps = 150'000;
  constexpr int kRuns = 8;
  for (const CpuArithmetic& arithmetic : all_cpu_arithmetic()) {
    if (!arithmetic.is_available()) continue;
    const Rate rate = best_rate(threads, kRuns, [&](int) { return arithmetic.run(kSteps); });
    for (const Dtype dtype : {Dtype::f32, Dtype::f16, Dtype::bf16})
      if (Rate& of_type = ceilings.flops_per_s[dtype]; arithmetic.serves(dtype) && rate.best > of_type.best)
        of_type = rate;
  }
}

struct Level {
  std::int64_t capacity;  // of all threads
  std::int64_t measured;  // bytes that are read
};

// From the largest to the smallest.
std::vector<Level> levels(int threads) {
  constexpr std::int64_t kLeastMemory = std::int64_t{1} << 27, kMostMemory = std::int64_t{1} << 29;
  std::vector<Level> all;
  std::int64_t largest = 0;
  for (const auto& cache : benchmark::CPUInfo::Get().caches) {
    if (cache.type == "Instruction" || cache.size <= 0) continue;
    const std::int64_t instances = std::max(1, threads / std::max(1, cache.num_sharing));
    const std::int64_t capacity = cache.size * instances;
    all.push_back({capacity, std::min(capacity / 2, kMostMemory)});
    largest = std::max(largest, capacity);
  }
  all.push_back({Ceilings::kMemory, std::clamp(2 * largest, kLeastMemory, kMostMemory)});
  std::ranges::sort(all, std::ranges::greater{}, &Level::capacity);
  return all;
}

void measure_bandwidth(Ceilings& ceilings, int threads) {
  constexpr int kRuns = 5;
  constexpr std::int64_t kBytesPerRun = 1 << 25;
  const ReadMemory read = widest_read();
  const std::vector<Level> all = levels(threads);
  std::vector<char> memory(static_cast<std::size_t>(all.front().measured), 1);
  Rate of_larger;
  for (const Level& level : all) {
    const std::int64_t share = level.measured / threads;
    const int passes = static_cast<int>(std::max<std::int64_t>(1, kBytesPerRun / level.measured));
    const Rate rate = best_rate(
        threads, kRuns, [&](int thread) { return read(memory.data() + thread * share, share, passes); });
    if (rate.best > of_larger.best) of_larger = rate;  // a smaller working set is never slower
    ceilings.read_bytes_per_s[level.capacity] = of_larger;
  }
}

}  // namespace

Ceilings measure_cpu_ceilings(int threads) {
  Ceilings ceilings;
  ceilings.threads = threads;
  measure_arithmetic(ceilings, threads);
  measure_bandwidth(ceilings, threads);
  return ceilings;
}

}  // namespace warpgauge::bench
