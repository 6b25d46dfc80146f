// The memory that the cases need, checked before anything is measured. Linux would kill the process in the
// middle of the measurement rather than refuse an allocation.
#pragma once

#include <cstdint>
#include <span>

#include "bench/cases.h"

namespace warpgauge::bench {

// Estimated bytes of host memory: the operands that are timed, and the check (fuzz/check_memory.h).
[[nodiscard]] double host_bytes(const Case& measured, int threads);

// The same of device memory; 0 for a kernel on the host.
[[nodiscard]] double device_bytes(const Case& measured);

// Estimated bytes of device memory that bench itself needs at most, besides the cases.
[[nodiscard]] double device_bytes_of_bench();

// Throws UsageError if a case needs more than the free host memory or than `device_free_bytes`, or
// if all cases together do, whose operands exist at the same time. The message names the first such case.
void require_memory(std::span<const Case> cases, int threads, double device_free_bytes);

}  // namespace warpgauge::bench
