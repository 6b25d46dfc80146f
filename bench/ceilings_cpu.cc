#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <vector>

#include "bench/ceilings.h"

namespace warpgauge::bench {
namespace {

double thread_cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// The rate of all threads together. `work` does the share of one thread and returns its amount. CPU time, and
// the best of several short runs: other processes must not lower the ceiling.
template <class Work>
double best_rate(int threads, int runs, Work work) {
  double best = 0;
  for (int run = 0; run < runs; ++run) {
    double rate = 0;
#pragma omp parallel num_threads(threads) reduction(+ : rate)
    {
      const double begin = thread_cpu_seconds();
      const double done = work(omp_get_thread_num());
      rate += done / (thread_cpu_seconds() - begin);
    }
    best = std::max(best, rate);
  }
  return best;
}

// Sixteen independent chains hide the latency of the multiply-add units. The asm statements hide from the
// compiler that the chains are equal and that the sums are not used.
template <class Vector>
[[gnu::always_inline]] inline double multiply_add(std::int64_t steps) {
  constexpr int kChains = 16;
  Vector sums[kChains] = {};
  __asm__ volatile("" : "+m"(sums));
  // The sums converge to 1: no denormals, which would be slow.
  const Vector factor = Vector{} + 0.999f, term = Vector{} + 1e-3f;
  for (std::int64_t step = 0; step < steps; ++step)
    for (Vector& sum : sums) sum = sum * factor + term;
  __asm__ volatile("" : : "m"(sums));
  return 2.0 * kChains * static_cast<double>(steps) * (sizeof(Vector) / sizeof(float));
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

// The two measurements for one width of vectors.
struct Workload {
  double (*multiply_add)(std::int64_t steps);
  double (*read_memory)(const char* memory, std::int64_t bytes, int passes);
};

#if defined(__x86_64__)
typedef float Vector32 __attribute__((vector_size(32)));
typedef float Vector64 __attribute__((vector_size(64)));
#define WARPGAUGE_AVX512 __attribute__((target("avx512f,fma")))
#define WARPGAUGE_AVX2 __attribute__((target("avx2,fma")))
WARPGAUGE_AVX512 double multiply_add_avx512(std::int64_t steps) {
  return multiply_add<Vector64>(steps);
}
WARPGAUGE_AVX512 double read_memory_avx512(const char* memory, std::int64_t bytes, int passes) {
  return read_memory<Vector64>(memory, bytes, passes);
}
WARPGAUGE_AVX2 double multiply_add_avx2(std::int64_t steps) {
  return multiply_add<Vector32>(steps);
}
WARPGAUGE_AVX2 double read_memory_avx2(const char* memory, std::int64_t bytes, int passes) {
  return read_memory<Vector32>(memory, bytes, passes);
}
#undef WARPGAUGE_AVX512
#undef WARPGAUGE_AVX2

Workload widest_workload() {
  if (__builtin_cpu_supports("avx512f")) return {multiply_add_avx512, read_memory_avx512};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return {multiply_add_avx2, read_memory_avx2};
  return {multiply_add<Vector16>, read_memory<Vector16>};
}
#else
Workload widest_workload() {
  return {multiply_add<Vector16>, read_memory<Vector16>};
}
#endif

}  // namespace

Ceilings measure_cpu_ceilings(int threads) {
  constexpr std::int64_t kSteps = 150'000;
  constexpr int kArithmeticRuns = 8, kReadRuns = 3;
  constexpr std::int64_t kSmallest = 1 << 15, kLargest = 1 << 27, kBytesARun = 1 << 25;
  const Workload workload = widest_workload();
  Ceilings ceilings;
  ceilings.flops_per_s[Dtype::f32] =
      best_rate(threads, kArithmeticRuns, [&](int) { return workload.multiply_add(kSteps); });

  const std::vector<char> memory(kLargest, 1);
  double of_larger = 0;
  for (std::int64_t bytes = kLargest; bytes >= kSmallest; bytes /= 8) {
    const std::int64_t share = bytes / threads;
    const int passes = static_cast<int>(std::max<std::int64_t>(1, kBytesARun / bytes));
    const double rate = best_rate(threads, kReadRuns, [&](int thread) {
      return workload.read_memory(memory.data() + thread * share, share, passes);
    });
    of_larger = std::max(of_larger, rate);  // a smaller working set is never slower
    ceilings.read_bytes_per_s[bytes] = of_larger;
  }
  return ceilings;
}

std::map<std::string, std::string> describe(const Ceilings& ceilings, const std::string& backend) {
  const auto rounded = [](double value) { return std::to_string(std::llround(value * 1e-9)); };
  std::map<std::string, std::string> texts;
  for (const auto& [dtype, rate] : ceilings.flops_per_s)
    texts[fmt::format("{}_ceiling_{}_gflops", backend, dtype_name(dtype))] = rounded(rate);
  for (const auto& [bytes, rate] : ceilings.read_bytes_per_s)
    texts[fmt::format("{}_ceiling_gbps_at_{}_kib", backend, bytes >> 10)] = rounded(rate);
  return texts;
}

double Ceilings::bandwidth(double bytes) const {
  if (read_bytes_per_s.empty()) return 0;
  auto above = read_bytes_per_s.upper_bound(static_cast<std::int64_t>(bytes));
  if (above != read_bytes_per_s.begin()) --above;
  return above->second;
}

}  // namespace warpgauge::bench
