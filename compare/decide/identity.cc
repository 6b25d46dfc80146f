#include "compare/decide/identity.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace warpgauge {
namespace {

// The values of the processes of a side, by key.
using Values = std::map<std::string, std::set<std::string>>;

constexpr const char* kNotRecorded = "(not recorded)";

template <typename TextsOf>
Values values_of(const ResultSet& side, TextsOf texts_of) {
  Values values;
  for (const Process& process : side.processes) {
    for (const auto& [key, value] : texts_of(process.context)) values[key].insert(value);
  }
  return values;
}

std::string joined(const std::set<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text.append(text.empty() ? "" : " | ").append(value);
  return text;
}

enum class Absence { differs, says_nothing };

// Adds a difference for each key on which two processes disagree. With Absence::differs, a process without
// the key disagrees with a process that has it.
template <typename TextsOf>
void add_differences(const ResultSet& base, const ResultSet& head, TextsOf texts_of, Absence absence,
                     bool forbids, std::vector<ContextDifference>& differences) {
  std::set<std::string> keys;
  for (const ResultSet* side : {&base, &head}) {
    for (const Process& process : side->processes) {
      for (const auto& [key, value] : texts_of(process.context)) keys.insert(key);
    }
  }
  const auto texts_with_gaps = [&](const Context& context) {
    Texts texts = texts_of(context);
    if (absence == Absence::differs) {
      for (const std::string& key : keys) texts.emplace(key, kNotRecorded);
    }
    return texts;
  };
  Values in_base = values_of(base, texts_with_gaps);
  Values in_head = values_of(head, texts_with_gaps);
  for (const std::string& key : keys) {
    std::set<std::string> all = in_base[key];
    all.insert(in_head[key].begin(), in_head[key].end());
    if (all.size() < 2) continue;
    differences.push_back({key, joined(in_base[key]), joined(in_head[key]), forbids});
  }
}

struct Fingerprints {
  std::size_t with = 0, without = 0;
};

Fingerprints count_fingerprints(const ResultSet& side) {
  Fingerprints count;
  for (const Process& process : side.processes)
    ++(process.context.fingerprinted ? count.with : count.without);
  return count;
}

Texts derived_identity(const Context& context) {
  return context.derived_identity;
}
Texts identity(const Context& context) {
  return context.identity;
}
Texts state(const Context& context) {
  return context.state;
}
Texts host(const Context& context) {
  return context.host_name.empty() ? Texts{} : Texts{{"host_name", context.host_name}};
}

bool has_common_key(const Values& base, const Values& head) {
  return std::any_of(base.begin(), base.end(), [&](const auto& entry) { return head.contains(entry.first); });
}

}  // namespace

bool ContextComparison::forbidden() const {
  return std::any_of(differences.begin(), differences.end(),
                     [](const auto& difference) { return difference.forbids; });
}

ContextComparison compare_contexts(const ResultSet& base, const ResultSet& head) {
  ContextComparison comparison;
  const Fingerprints in_base = count_fingerprints(base);
  const Fingerprints in_head = count_fingerprints(head);
  if (in_base.without + in_head.without == 0) {
    add_differences(base, head, identity, Absence::differs, true, comparison.differences);
  } else {
    add_differences(base, head, derived_identity, Absence::says_nothing, true, comparison.differences);
    add_differences(base, head, host, Absence::says_nothing, false, comparison.differences);
    if (in_base.with + in_head.with > 0) {
      comparison.notes.push_back(note::PartlyFingerprinted{});
    }
    if (!has_common_key(values_of(base, derived_identity), values_of(head, derived_identity))) {
      comparison.notes.push_back(note::HardwareUnknown{});
    }
  }
  add_differences(base, head, state, Absence::says_nothing, false, comparison.differences);
  std::stable_sort(comparison.differences.begin(), comparison.differences.end(),
                   [](const auto& a, const auto& b) {
                     return std::pair(!a.forbids, std::string_view(a.key)) <
                            std::pair(!b.forbids, std::string_view(b.key));
                   });
  return comparison;
}

}  // namespace warpgauge
