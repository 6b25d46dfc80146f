// The name of a machine's folder under baselines/: readable, and different wherever identity differs.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace warpgauge {

// "cpu-intel-6-143-8-2t-1a2b3c4d" or "gpu-nvidia-h200-1a2b3c4d": what a person would call it, then eight hex
// digits of a hash (FNV-1a, 64 bits folded) over all of identity.
std::string fingerprint_name(const std::map<std::string, std::string>& identity);

// Whether a text is one component of a path and nothing else: letters, digits, '.', '_', '-', no leading dot.
bool is_plain_name(std::string_view text);

}  // namespace warpgauge
