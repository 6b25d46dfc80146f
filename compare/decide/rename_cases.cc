#include "compare/decide/rename_cases.h"

#include <map>
#include <set>
#include <string>
#include <utility>

#include "compare/decide/case_names.h"
#include "compare/input/executables.h"

namespace warpgauge {
namespace {

// A name of base, and what it is without the executable.
struct Parts {
  std::string executable, plain;
};
using PartsOfNames = std::map<std::string, Parts>;

PartsOfNames names_of(const ResultSet& base, CaseNames& names) {
  PartsOfNames parts;
  for (const Process& process : base.processes) {
    for (const Case& one : process.cases) {
      const std::string_view full = names.of(process, one), plain = names.plain(one);
      parts.try_emplace(std::string(full),
                        Parts{full == plain ? "" : process.executable, std::string(plain)});
    }
  }
  return parts;
}

// By the names without executables, for names that have one.
NewNames plain_new_names(const Rename& rename, const PartsOfNames& parts) {
  NewNames renamed;
  for (const auto& [full, one] : parts) {
    if (one.executable.empty()) continue;
    if (const auto to = rename.new_name(one.plain))
      renamed.emplace(full, qualified_name(one.executable, *to));
  }
  return renamed;
}

// Two of them must not become one, as in new_names().
std::optional<RenameProblem> clash(const Rename& rename, const NewNames& renamed, const PartsOfNames& parts) {
  using namespace rename_problem;
  std::map<std::string, std::string> old_of;
  for (const auto& [from, to] : renamed) {
    if (parts.contains(to) && !renamed.contains(to)) return NewNameTaken{rename.text(), to};
    if (const auto [other, is_new] = old_of.emplace(to, from); !is_new)
      return TwoToOne{rename.text(), other->second, from, to};
  }
  return std::nullopt;
}

std::optional<RenameProblem> rename_all(ResultSet& base, const ResultSet& head, const Rename& rename) {
  CaseNames names(base, head);
  const PartsOfNames parts = names_of(base, names);
  std::set<std::string> full;
  for (const auto& [name, one] : parts) full.insert(name);
  auto changes = new_names(rename, full);
  if (std::holds_alternative<RenameProblem>(changes)) {
    const auto& problem = std::get<RenameProblem>(changes);
    if (!std::holds_alternative<rename_problem::NothingToRename>(problem)) return problem;
    NewNames plain = plain_new_names(rename, parts);
    if (plain.empty()) return problem;
    if (auto clashing = clash(rename, plain, parts)) return clashing;
    changes = std::move(plain);
  }
  const auto& renamed = std::get<NewNames>(changes);
  std::vector<std::pair<Case*, std::string>> edits;  // names.of() must not see some of them
  for (Process& process : base.processes) {
    for (Case& one : process.cases)
      if (const auto found = renamed.find(names.of(process, one)); found != renamed.end())
        edits.emplace_back(&one, found->second);
  }
  for (auto& [one, name] : edits) {
    one->name = std::move(name);
    one->has_final_name = true;
  }
  return std::nullopt;
}

}  // namespace

std::optional<RenameProblem> rename_cases(ResultSet& base, const ResultSet& head,
                                          std::span<const Rename> renames) {
  for (const Rename& rename : renames)
    if (auto problem = rename_all(base, head, rename)) return problem;
  return std::nullopt;
}

}  // namespace warpgauge
