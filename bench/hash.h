// FNV-1a, 64 bits (Fowler, Noll and Vo): tells contents apart, protects against no one.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace warpgauge::bench {

inline std::uint64_t hash_bytes(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (unsigned char byte : bytes) hash = (hash ^ byte) * 0x100000001b3u;
  return hash;
}

inline std::string hash_text(std::uint64_t hash) {
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(hash));
  return digits;
}

}  // namespace warpgauge::bench
