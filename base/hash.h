// FNV-1a, 64 bits (Fowler, Noll and Vo). Distinguishes contents; no protection against intent.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace warpgauge {

inline constexpr std::uint64_t kHashBasis = 0xcbf29ce484222325u;

// Continues from `hash`, so that parts can be hashed one after the other.
[[nodiscard]] constexpr std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t hash = kHashBasis) {
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3u;
  return hash;
}

// 16 hex digits.
[[nodiscard]] inline std::string hash_text(std::uint64_t hash) {
  return fmt::format("{:016x}", hash);
}

// 8 hex digits: both halves folded.
[[nodiscard]] inline std::string short_hash_text(std::uint64_t hash) {
  return fmt::format("{:08x}", static_cast<std::uint32_t>(hash ^ hash >> 32));
}

}  // namespace warpgauge
