// How much memory this machine has left.
#pragma once

namespace warpgauge {

// Bytes that a process can allocate without swapping: MemAvailable of /proc/meminfo (proc(5)). The size of
// the address space if the system does not say.
[[nodiscard]] double available_memory_bytes();

}  // namespace warpgauge
