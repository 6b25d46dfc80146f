#include "bench/threads.h"

#include <fmt/format.h>
#include <omp.h>
#include <sched.h>

#include <stdexcept>
#include <string>

#include "base/number_format.h"
#include "base/usage_error.h"

namespace warpgauge::bench {

std::vector<int> allowed_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return {0};
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  return cpus;
}

void require_cpus(int threads, const std::vector<int>& cpus) {
  if (threads > static_cast<int>(cpus.size()))
    throw bad_flag("--threads", std::to_string(threads),
                   fmt::format("is more than the {} that this process may run on",
                               format_count(std::ssize(cpus), "CPUs")),
                   "give at most as many, because more would measure the scheduler");
}

void pin_threads(int threads, const std::vector<int>& cpus) {
  omp_set_dynamic(0);
  omp_set_num_threads(threads);  // a larger team would share the CPUs of this one, and spin on them
  int team = 0;
  bool pinned = true;
#pragma omp parallel num_threads(threads) reduction(&& : pinned)
  {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpus[static_cast<std::size_t>(omp_get_thread_num())], &set);
    pinned = sched_setaffinity(0, sizeof set, &set) == 0;
#pragma omp single
    team = omp_get_num_threads();
  }
  if (team != threads)
    throw std::runtime_error(
        fmt::format("OpenMP creates {} threads instead of {}; is OMP_THREAD_LIMIT set?", team, threads));
  if (!pinned) throw std::runtime_error("threads cannot be pinned to CPUs (sched_setaffinity failed)");
}

}  // namespace warpgauge::bench
