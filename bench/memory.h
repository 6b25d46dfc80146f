// The host's memory that the cases take: told before anything is measured, where the system would otherwise
// kill the process in the middle.
#pragma once

#include <cstdint>
#include <span>

#include "bench/cases.h"

namespace warpgauge::bench {

// Bytes, about: operands as f32 and in their type, for timing and once more for the check; outputs;
// workspace.
std::int64_t host_bytes(const Case& measured, int threads);

// Throws std::invalid_argument that names the largest case where less memory is available than it takes.
// Linux; elsewhere nothing is known, and nothing refused.
void require_memory(std::span<const Case> cases, int threads);

}  // namespace warpgauge::bench
