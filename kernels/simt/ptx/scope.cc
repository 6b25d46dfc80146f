#include "kernels/simt/ptx/scope.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

namespace warpgauge::ptx {
namespace {

template <class Map>
std::optional<int> look_up(const Map& map, std::string_view name) {
  const auto found = map.find(name);
  return found == map.end() ? std::nullopt : std::optional(found->second);
}

// "%r12" -> ("%r", 12). A number with leading zeros is none.
std::optional<std::pair<std::string_view, int>> split_number(std::string_view name) {
  const std::size_t last = name.find_last_not_of("0123456789");
  if (last == std::string_view::npos || last + 1 == name.size()) return std::nullopt;
  const std::string_view digits = name.substr(last + 1);
  int number = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
  return std::pair(name.substr(0, last + 1), number);
}

}  // namespace

void Scopes::open() {
  blocks_.push_back({.parent = open_.empty() ? -1 : open_.back()});
  open_.push_back(static_cast<int>(blocks_.size()) - 1);
}

void Scopes::close() {
  open_.pop_back();
}

void Scopes::add_register(std::string_view name, Type type) {
  blocks_[static_cast<std::size_t>(block())].registers[name] = static_cast<int>(function_.registers.size());
  function_.registers.push_back({std::string(name), type});
}

void Scopes::add_registers(std::string_view prefix, int count, Type type) {
  const int first = static_cast<int>(function_.registers.size());
  blocks_[static_cast<std::size_t>(block())].ranges[prefix] = {first, count};
  for (int i = 0; i < count; ++i) function_.registers.push_back({fmt::format("{}{}", prefix, i), type});
}

void Scopes::add_variable(Variable variable) {
  blocks_[static_cast<std::size_t>(block())].variables[variable.name] =
      static_cast<int>(function_.variables.size());
  function_.variables.push_back(std::move(variable));
}

bool Scopes::add_label(std::string_view name, int instruction) {
  return blocks_[static_cast<std::size_t>(block())].labels.emplace(name, instruction).second;
}

std::optional<int> Scopes::find_register(std::string_view name) const {
  const auto numbered = split_number(name);
  for (int at = block(); at >= 0; at = blocks_[static_cast<std::size_t>(at)].parent) {
    const Block& here = blocks_[static_cast<std::size_t>(at)];
    if (const auto found = look_up(here.registers, name)) return found;
    if (!numbered) continue;
    const auto range = here.ranges.find(numbered->first);
    if (range != here.ranges.end() && numbered->second < range->second.count)
      return range->second.first + numbered->second;
  }
  return std::nullopt;
}

std::optional<int> Scopes::find_variable(std::string_view name) const {
  for (int at = block(); at >= 0; at = blocks_[static_cast<std::size_t>(at)].parent)
    if (const auto found = look_up(blocks_[static_cast<std::size_t>(at)].variables, name)) return found;
  return std::nullopt;
}

std::optional<int> Scopes::find_label(std::string_view name, int block) const {
  for (int at = block; at >= 0; at = blocks_[static_cast<std::size_t>(at)].parent)
    if (const auto found = look_up(blocks_[static_cast<std::size_t>(at)].labels, name)) return found;
  return std::nullopt;
}

}  // namespace warpgauge::ptx
