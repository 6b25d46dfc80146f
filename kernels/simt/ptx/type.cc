#include "kernels/simt/ptx/type.h"

#include <array>

namespace warpgauge::ptx {
namespace {

struct Row {
  const char* name;
  int bytes;
};

// In the order of Type.
constexpr std::array<Row, 21> kTypes = {{
    {"pred", 1}, {"b8", 1},    {"b16", 2},  {"b32", 4},    {"b64", 8},  {"b128", 16}, {"u8", 1},
    {"u16", 2},  {"u32", 4},   {"u64", 8},  {"s8", 1},     {"s16", 2},  {"s32", 4},   {"s64", 8},
    {"f16", 2},  {"f16x2", 4}, {"bf16", 2}, {"bf16x2", 4}, {"tf32", 4}, {"f32", 4},   {"f64", 8},
}};
static_assert(kTypes.size() == static_cast<std::size_t>(Type::f64) + 1);

}  // namespace

std::optional<Type> parse_type(std::string_view name) {
  for (std::size_t i = 0; i < kTypes.size(); ++i)
    if (name == kTypes[i].name) return static_cast<Type>(i);
  return std::nullopt;
}

const char* type_name(Type type) {
  return kTypes[static_cast<std::size_t>(type)].name;
}

int type_bytes(Type type) {
  return kTypes[static_cast<std::size_t>(type)].bytes;
}

}  // namespace warpgauge::ptx
