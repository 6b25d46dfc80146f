// The name of a machine's folder under baselines/. It is readable, and differs if any part of identity
// differs.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace warpgauge {

// "cpu-intel-6-143-8-2t-1a2b3c4d" or "gpu-nvidia-h200-1a2b3c4d": the model, then eight hex digits of a hash
// (FNV-1a, 64 bits folded) over all of identity.
[[nodiscard]] std::string fingerprint_name(const std::map<std::string, std::string>& identity);

// Whether a text is safe as one component of a path: letters, digits, '.', '_', '-', no leading dot.
[[nodiscard]] bool is_plain_name(std::string_view text);

}  // namespace warpgauge
