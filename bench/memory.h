// The memory that the cases take: told before anything is measured, where the system would otherwise
// kill the process in the middle.
#pragma once

#include <cstdint>
#include <span>

#include "bench/cases.h"

namespace warpgauge::bench {

// Bytes of the host's memory, about: what is timed, and beside it what checks it (fuzz/memory.h).
double host_bytes(const Case& measured, int threads);

// The same of the device's memory; 0 for a kernel of the host.
double device_bytes(const Case& measured);

// Of the device's memory beside the cases: what bench itself takes there at most, about.
double device_bytes_of_its_own();

// Throws std::invalid_argument that names the first case which takes more than is free: of the host's memory,
// or `device_free_bytes`; and where no single one does, but all of them, whose operands are held at once.
void require_memory(std::span<const Case> cases, int threads, double device_free_bytes);

}  // namespace warpgauge::bench
