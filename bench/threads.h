// The threads of CPU kernels: an OpenMP team, one pinned thread per CPU.
#pragma once

#include <vector>

namespace warpgauge::bench {

// The CPUs that this process may run on. A cgroup or taskset may allow fewer than the machine has.
[[nodiscard]] std::vector<int> allowed_cpus();

// Throws UsageError if there are fewer CPUs than threads.
void require_cpus(int threads, const std::vector<int>& cpus);

// Creates a team of `threads`, at most as many as `cpus`, and pins each thread to one CPU, the caller to the
// first. Throws std::runtime_error if OpenMP creates a smaller team or the system refuses.
void pin_threads(int threads, const std::vector<int>& cpus);

}  // namespace warpgauge::bench
