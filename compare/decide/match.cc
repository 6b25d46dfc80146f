#include "compare/decide/match.h"

#include <map>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "base/diagnostic.h"

namespace warpgauge {
namespace {

using NameSet = std::unordered_set<std::string_view>;

// The stripped names that mean more than one case within some process.
void add_ambiguous(const ResultSet& side, NameSet& ambiguous) {
  for (const Process& process : side.processes) {
    std::unordered_map<std::string_view, std::string_view> raw_names;
    for (const Case& measured : process.cases) {
      const auto [entry, is_new] = raw_names.try_emplace(measured.name, measured.raw_name);
      if (!is_new && entry->second != measured.raw_name) ambiguous.insert(measured.name);
    }
  }
}

std::string told(const Process& process, const std::string& message) {
  return process.file + ": " + printable(message);
}

// What one side has of a case.
struct SideView {
  std::vector<MeasuredCase> measured;
  std::string failure, skip;  // the first of each, with its file
  bool known() const { return !measured.empty() || !failure.empty(); }
};

struct Entry {
  std::string_view name;
  SideView base, head;
};

class Matcher {
 public:
  Matcher(const ResultSet& base, const ResultSet& head) : base_(base), head_(head) {
    add_ambiguous(base, ambiguous_);
    add_ambiguous(head, ambiguous_);
    collect(base, &Entry::base);
    collect(head, &Entry::head);
  }
  Matching match();

 private:
  void collect(const ResultSet& side, SideView Entry::*view);
  void warn_of_partial(const Entry& entry, const ResultSet& side, const SideView& view,
                       const char* side_name);

  const ResultSet& base_;
  const ResultSet& head_;
  NameSet ambiguous_;
  std::vector<Entry> entries_;
  std::unordered_map<std::string_view, std::size_t> indices_;
  Matching matching_;
};

void Matcher::collect(const ResultSet& side, SideView Entry::*view) {
  for (const Process& process : side.processes) {
    for (const Case& measured : process.cases) {
      const std::string_view name = ambiguous_.contains(measured.name) ? measured.raw_name : measured.name;
      const auto [index, is_new] = indices_.try_emplace(name, entries_.size());
      if (is_new) entries_.emplace_back().name = name;
      SideView& seen = entries_[index->second].*view;
      if (!measured.failure.empty()) {
        if (seen.failure.empty()) seen.failure = told(process, measured.failure);
      } else if (measured.repetitions.empty() && !measured.listed) {
        if (seen.skip.empty()) seen.skip = told(process, measured.skip_reason);
      } else {
        seen.measured.push_back({&process, &measured});
      }
    }
  }
}

std::string absence_reason(const char* side_name, const SideView& view) {
  if (!view.skip.empty()) return "skipped in " + view.skip;
  return std::string("not in ") + side_name;
}

Matching Matcher::match() {
  matching_.pairs.reserve(entries_.size());
  for (Entry& entry : entries_) {
    if (!entry.base.known() && !entry.head.known()) {
      const bool on_both = !entry.base.skip.empty() && !entry.head.skip.empty();
      const std::string& skip = entry.head.skip.empty() ? entry.base.skip : entry.head.skip;
      matching_.warnings.push_back(std::string(entry.name) + (on_both
                                                                  ? ": skipped on both sides (" + skip + ")"
                                                                  : ": skipped in " + skip));
      continue;
    }
    CasePair pair;
    pair.name = entry.name;
    if (!entry.head.failure.empty()) {
      pair.presence = Presence::failed;
      pair.reason = entry.head.failure;
    } else if (!entry.base.failure.empty()) {
      pair.presence = Presence::errored;
      pair.reason = entry.base.failure;
    } else if (!entry.head.known()) {
      pair.presence = Presence::missing;
      pair.reason = absence_reason("head", entry.head);
    } else if (!entry.base.known()) {
      pair.presence = Presence::added;
      pair.reason = absence_reason("base", entry.base);
    } else {
      warn_of_partial(entry, base_, entry.base, "base");
      warn_of_partial(entry, head_, entry.head, "head");
    }
    pair.base = std::move(entry.base.measured);
    pair.head = std::move(entry.head.measured);
    matching_.pairs.push_back(std::move(pair));
  }
  return std::move(matching_);
}

void Matcher::warn_of_partial(const Entry& entry, const ResultSet& side, const SideView& view,
                              const char* side_name) {
  const std::size_t all = side.processes.size();
  if (view.measured.size() == all) return;
  matching_.warnings.push_back(std::string(entry.name) + ": measured by " +
                               std::to_string(view.measured.size()) + " of the " + std::to_string(all) +
                               " processes of " + side_name);
}

}  // namespace

Matching match_cases(const ResultSet& base, const ResultSet& head) {
  return Matcher(base, head).match();
}

}  // namespace warpgauge
