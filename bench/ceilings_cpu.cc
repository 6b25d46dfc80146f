#include <omp.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <numeric>
#include <vector>

#include "bench/ceilings.h"

namespace warpgauge::bench {
namespace {

double seconds_of(const std::function<void()>& work) {
  const auto before = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
}

// Sixteen independent chains hide the latency of two FMA units; the empty asm keeps their result alive.
constexpr int kChains = 16;

template <class Vector>
[[gnu::always_inline]] inline double multiply_add(std::int64_t steps) {
  Vector sums[kChains] = {};
  const Vector factor = Vector{} + 0.999f,
               term = Vector{} + 1e-3f;  // the sums tend to 1: no denormal slows them
  for (std::int64_t step = 0; step < steps; ++step)
    for (Vector& sum : sums) sum = sum * factor + term;
  __asm__ volatile("" : : "m"(sums));
  return 2.0 * kChains * static_cast<double>(steps) * (sizeof(Vector) / sizeof(float));
}

typedef float Vector16 __attribute__((vector_size(16)));
using MultiplyAdd = double (*)(std::int64_t);

#if defined(__x86_64__)
typedef float Vector32 __attribute__((vector_size(32)));
typedef float Vector64 __attribute__((vector_size(64)));
__attribute__((target("avx512f,fma"))) double multiply_add_avx512(std::int64_t n) {
  return multiply_add<Vector64>(n);
}
__attribute__((target("avx2,fma"))) double multiply_add_avx2(std::int64_t n) {
  return multiply_add<Vector32>(n);
}
double multiply_add_baseline(std::int64_t n) {
  return multiply_add<Vector16>(n);
}

MultiplyAdd widest_multiply_add() {
  if (__builtin_cpu_supports("avx512f")) return multiply_add_avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return multiply_add_avx2;
  return multiply_add_baseline;
}
#else
MultiplyAdd widest_multiply_add() {
  return multiply_add<Vector16>;
}
#endif

// The best of several short runs: on a shared machine the others measure the neighbours.
double peak_flops_per_s(int threads) {
  constexpr std::int64_t kSteps = 150'000;
  constexpr int kRuns = 8;
  const MultiplyAdd work = widest_multiply_add();
  double best = 0;
  for (int run = 0; run < kRuns; ++run) {
    double operations = 0;
    const double seconds = seconds_of([&] {
#pragma omp parallel num_threads(threads) reduction(+ : operations)
      operations += work(kSteps);
    });
    best = std::max(best, operations / seconds);
  }
  return best;
}

// Sums `count` floats of each thread's own part, `passes` times.
double read_seconds(const std::vector<float>& memory, std::int64_t count, int passes, int threads) {
  return seconds_of([&] {
#pragma omp parallel num_threads(threads)
    {
      const std::int64_t share = count / threads;
      const auto* part = reinterpret_cast<const std::uint32_t*>(memory.data()) + omp_get_thread_num() * share;
      std::uint32_t sum = 0;
      for (int pass = 0; pass < passes; ++pass) {
        // As integers, so that the compiler may sum in any order, hence in vectors.
        for (std::int64_t i = 0; i < share; ++i) sum += part[i];
        __asm__ volatile("" : "+r"(sum) : : "memory");
      }
    }
  });
}

}  // namespace

Ceilings measure_cpu_ceilings(int threads) {
  Ceilings ceilings;
  ceilings.flops_per_s[Dtype::f32] = peak_flops_per_s(threads);
  constexpr std::int64_t kSmallest = 1 << 15, kLargest = 1 << 27, kBytesARun = 1 << 25;
  constexpr int kRuns = 3;
  std::vector<float> memory(kLargest / sizeof(float), 1.0f);
  for (std::int64_t bytes = kSmallest; bytes <= kLargest; bytes *= 8) {
    const auto count = static_cast<std::int64_t>(bytes / sizeof(float));
    const int passes = static_cast<int>(std::max<std::int64_t>(1, kBytesARun / bytes));
    double best = 0;
    for (int run = 0; run < kRuns; ++run)
      best =
          std::max(best, static_cast<double>(bytes) * passes / read_seconds(memory, count, passes, threads));
    ceilings.read_bytes_per_s[bytes] = best;
  }
  return ceilings;
}

double Ceilings::bandwidth(double bytes) const {
  if (read_bytes_per_s.empty()) return 0;
  auto above = read_bytes_per_s.upper_bound(static_cast<std::int64_t>(bytes));
  if (above != read_bytes_per_s.begin()) --above;
  return above->second;
}

}  // namespace warpgauge::bench
