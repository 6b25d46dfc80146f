// The threads that CPU kernels work on: OpenMP's team, one thread a CPU, pinned.
#pragma once

#include <vector>

namespace warpgauge::bench {

// CPUs that this process may run on (a cgroup or taskset may allow fewer than there are).
std::vector<int> allowed_cpus();

// Throws std::invalid_argument when there are fewer CPUs than threads.
void require_cpus(int threads, const std::vector<int>& cpus);

// Makes a team of `threads`, at most as many as there are `cpus`, and pins each to one, the caller to the
// first. Throws std::runtime_error when OpenMP gives a smaller team or the system refuses.
void pin_threads(int threads, const std::vector<int>& cpus);

}  // namespace warpgauge::bench
