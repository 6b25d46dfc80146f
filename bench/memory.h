// The memory that the cases take: told before anything is measured, where the system would otherwise
// kill the process in the middle.
#pragma once

#include <cstdint>
#include <span>

#include "bench/cases.h"

namespace warpgauge::bench {

// Bytes, about: operands as f32 and in their type, for timing and once more for the check; outputs; the
// workspace of a kernel that runs there.
std::int64_t host_bytes(const Case& measured, int threads);

// The same of the device's memory; 0 for a kernel of the host.
std::int64_t device_bytes(const Case& measured);

// Throws std::invalid_argument that names the first case which takes more than is available: of the host's
// memory (Linux; elsewhere nothing is known, and nothing refused), or of `device_free_bytes`.
void require_memory(std::span<const Case> cases, int threads, std::int64_t device_free_bytes);

}  // namespace warpgauge::bench
