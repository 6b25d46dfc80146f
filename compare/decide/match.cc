#include "compare/decide/match.h"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace warpgauge {
namespace {

using NameSet = std::unordered_set<std::string_view>;

// Adds the stripped names that stand for more than one case in some process.
void add_ambiguous(const ResultSet& side, NameSet& ambiguous) {
  for (const Process& process : side.processes) {
    std::unordered_map<std::string_view, std::string_view> raw_names;
    for (const Case& measured : process.cases) {
      const auto [entry, is_new] = raw_names.try_emplace(measured.name, measured.raw_name);
      if (!is_new && entry->second != measured.raw_name) ambiguous.insert(measured.name);
    }
  }
}

// The measurements of one case on one side.
struct SideView {
  // The first process that did not measure it: its file and message.
  struct Excuse {
    std::string file, message;
  };
  std::vector<MeasuredCase> measured;
  std::optional<Excuse> failure, skip;
  bool known() const { return !measured.empty() || failure; }
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
  CasePair pair_of(Entry& entry) const;
  void note_unmeasured(const Entry& entry);
  void note_partial(const Entry& entry, Side side);

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
        if (!seen.failure) seen.failure = {process.file, measured.failure};
      } else if (measured.repetitions.empty() && !measured.listed) {
        if (!seen.skip) seen.skip = {process.file, measured.skip_reason};
      } else {
        seen.measured.push_back({&process, &measured});
      }
    }
  }
}

Why absence(Side side, const SideView& view) {
  if (view.skip) return Skipped{side, view.skip->file, view.skip->message};
  return Absent{side};
}

CasePair Matcher::pair_of(Entry& entry) const {
  CasePair pair;
  pair.name = entry.name;
  if (entry.head.failure) {
    pair.presence = CasePresence::failed;
    pair.why = Failed{Side::head, entry.head.failure->file, entry.head.failure->message};
  } else if (entry.base.failure) {
    pair.presence = CasePresence::errored;
    pair.why = Failed{Side::base, entry.base.failure->file, entry.base.failure->message};
  } else if (!entry.head.known()) {
    pair.presence = CasePresence::missing;
    pair.why = absence(Side::head, entry.head);
  } else if (!entry.base.known()) {
    pair.presence = CasePresence::added;
    pair.why = absence(Side::base, entry.base);
  }
  pair.base = std::move(entry.base.measured);
  pair.head = std::move(entry.head.measured);
  return pair;
}

Matching Matcher::match() {
  matching_.pairs.reserve(entries_.size());
  for (Entry& entry : entries_) {
    if (!entry.base.known() && !entry.head.known()) {
      note_unmeasured(entry);
      continue;
    }
    if (!entry.base.measured.empty() && !entry.head.measured.empty() && !entry.base.failure &&
        !entry.head.failure) {
      note_partial(entry, Side::base);
      note_partial(entry, Side::head);
    }
    matching_.pairs.push_back(pair_of(entry));
  }
  return std::move(matching_);
}

void Matcher::note_unmeasured(const Entry& entry) {
  const auto& skip = entry.head.skip ? entry.head.skip : entry.base.skip;
  matching_.notes.push_back(note::SkippedCase{std::string(entry.name), skip->file, skip->message,
                                              entry.base.skip.has_value() && entry.head.skip.has_value()});
}

void Matcher::note_partial(const Entry& entry, Side side) {
  const bool base = side == Side::base;
  const std::size_t all = (base ? base_ : head_).processes.size();
  const std::size_t measured = (base ? entry.base : entry.head).measured.size();
  if (measured < all)
    matching_.notes.push_back(note::PartlyMeasured{std::string(entry.name), side, measured, all});
}

}  // namespace

Matching match_cases(const ResultSet& base, const ResultSet& head) {
  return Matcher(base, head).match();
}

}  // namespace warpgauge
