#include "compare/decide/case_names.h"

#include <algorithm>

#include "compare/input/executables.h"

namespace warpgauge {

CaseNames::CaseNames(const ResultSet& base, const ResultSet& head) {
  for (const ResultSet* side : {&base, &head}) find_ambiguous(*side);
  for (const ResultSet* side : {&base, &head})
    has_executables_ |= std::ranges::any_of(
        side->processes, [](const Process& process) { return !process.executable.empty(); });
  if (!has_executables_) return;
  for (const ResultSet* side : {&base, &head}) {
    find_shared(*side);
    find_final(*side);
  }
}

void CaseNames::find_ambiguous(const ResultSet& side) {
  for (const Process& process : side.processes) {
    std::unordered_map<std::string_view, std::string_view> raw_names;
    for (const Case& measured : process.cases) {
      if (measured.has_final_name) continue;
      const auto [entry, is_new] = raw_names.try_emplace(measured.name, measured.raw_name);
      if (!is_new && entry->second != measured.raw_name) ambiguous_.insert(measured.name);
    }
  }
}

void CaseNames::find_shared(const ResultSet& side) {
  const auto& processes = side.processes;
  const auto differs = [&](const Process& one) { return one.executable != processes.front().executable; };
  if (std::ranges::none_of(processes, differs)) return;
  std::unordered_map<std::string_view, std::string_view> executables;
  for (const Process& process : processes) {
    for (const Case& measured : process.cases) {
      if (measured.has_final_name) continue;
      const auto [entry, is_new] = executables.try_emplace(plain(measured), process.executable);
      if (!is_new && entry->second != process.executable) shared_.insert(plain(measured));
    }
  }
}

// A stored baseline does not hold executables beside its names.
void CaseNames::find_final(const ResultSet& side) {
  for (const Process& process : side.processes)
    for (const Case& one : process.cases)
      if (one.has_final_name || process.executable.empty()) final_.insert(one.name);
}

std::string_view CaseNames::plain(const Case& one) const {
  if (one.has_final_name) return one.name;
  return ambiguous_.contains(one.name) ? one.raw_name : one.name;
}

std::string_view CaseNames::of(const Process& process, const Case& one) {
  const std::string_view name = plain(one);
  if (!has_executables_ || one.has_final_name || process.executable.empty()) return name;
  const bool is_shared = shared_.contains(name);
  if (!is_shared && (final_.empty() || final_.contains(name))) return name;
  auto [entry, is_new] = qualified_[process.executable].try_emplace(name);
  if (is_new) entry->second = qualified_name(process.executable, name);
  return is_shared || final_.contains(entry->second) ? std::string_view(entry->second) : name;
}

}  // namespace warpgauge
