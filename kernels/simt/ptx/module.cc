#include "kernels/simt/ptx/module.h"

#include <algorithm>

namespace warpgauge::ptx {
namespace {

template <class Named>
int find(const std::vector<Named>& all, std::string_view name) {
  const auto found = std::ranges::find(all, name, &Named::name);
  return found == all.end() ? -1 : static_cast<int>(found - all.begin());
}

}  // namespace

bool Instruction::has(std::string_view modifier) const {
  return std::ranges::find(modifiers, modifier) != modifiers.end();
}

std::string Instruction::text() const {
  std::string text(opcode);
  for (const std::string_view modifier : modifiers) text.append(".").append(modifier);
  return text;
}

int Module::find_function(std::string_view function) const {
  return find(functions, function);
}

int Module::find_variable(std::string_view variable) const {
  return find(variables, variable);
}

}  // namespace warpgauge::ptx
