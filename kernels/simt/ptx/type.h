// The fundamental types of PTX (PTX ISA, section "Fundamental Types").
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace warpgauge::ptx {

enum class Type : std::uint8_t {
  pred,
  b8,
  b16,
  b32,
  b64,
  b128,
  u8,
  u16,
  u32,
  u64,
  s8,
  s16,
  s32,
  s64,
  f16,
  f16x2,
  bf16,
  bf16x2,
  tf32,
  f32,
  f64,
};

// Without the dot: "f16x2". Empty if it is no fundamental type.
std::optional<Type> parse_type(std::string_view name);
const char* type_name(Type type);

// Size of a variable of this type in bytes; a predicate counts 1.
int type_bytes(Type type);

}  // namespace warpgauge::ptx
