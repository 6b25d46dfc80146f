// Numbers of PTX text (PTX ISA, "Constants").
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "kernels/simt/ptx/lexer.h"

namespace warpgauge::ptx {

// Decimal, 0x, 0b and octal, with or without the suffix U. Empty if it is no integer of 64 bits.
std::optional<std::uint64_t> parse_integer(std::string_view text);

// The bits of 0f3F800000. Empty if it is none.
std::optional<std::uint32_t> parse_f32_bits(std::string_view text);
// The bits of 0d3FF0000000000000, or of a decimal number such as 1.5. Empty if it is none.
std::optional<std::uint64_t> parse_f64_bits(std::string_view text);

// Reads a decimal number of 0 to 2^31-1, with a minus sign before it or without.
int read_int(Lexer& lexer);

}  // namespace warpgauge::ptx
