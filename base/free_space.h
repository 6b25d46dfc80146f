// Whether a folder still takes data: a program whose disk is full often fails without saying why.
#pragma once

#include <string>

namespace warpgauge {

// Throws OutputError if the folder takes no more data (no space, or the quota is used up). The message names
// the folder and its free space. `what` is what could not be written.
void require_space(const std::string& folder, const std::string& what);

}  // namespace warpgauge
