// Processes that this one has started, directly or not: their list, and their end. A daemon that left its
// process group is among them, once this process adopts orphans.
#pragma once

#include <sys/types.h>

#include <vector>

namespace warpgauge {

// From now on, a descendant whose parent ends becomes a child of this process (PR_SET_CHILD_SUBREAPER).
void adopt_orphans();

// The direct children, zombies included.
[[nodiscard]] std::vector<pid_t> own_children();

// Kills all descendants except the children `spared` and what these started, and reaps those that became
// children. Repeats for 2 s at most, until no such process is left: a process can start another meanwhile.
void end_descendants_except(const std::vector<pid_t>& spared);

}  // namespace warpgauge
