#include "compare/decide/match.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "compare/decide/case_names.h"

namespace warpgauge {
namespace {

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
  std::string_view name, plain_name;
  SideView base, head;
};

class Matcher {
 public:
  Matcher(const ResultSet& base, const ResultSet& head) : base_(base), head_(head), names_(base, head) {
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
  CaseNames names_;
  std::vector<Entry> entries_;
  std::unordered_map<std::string_view, std::size_t> indices_;
  Matching matching_;
};

void Matcher::collect(const ResultSet& side, SideView Entry::*view) {
  for (const Process& process : side.processes) {
    for (const Case& measured : process.cases) {
      const std::string_view name = names_.of(process, measured);
      const auto [index, is_new] = indices_.try_emplace(name, entries_.size());
      if (is_new) {
        entries_.emplace_back().name = name;
        entries_.back().plain_name = names_.plain(measured);
      }
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
  pair.plain_name = entry.plain_name;
  const bool head_lacks_it = !entry.head.known() && !entry.base.measured.empty();
  if (entry.base.failure && !head_lacks_it) {
    pair.presence = CasePresence::errored;
    pair.why = Failed{.side = Side::base,
                      .file = entry.base.failure->file,
                      .message = entry.base.failure->message,
                      .on_both_sides = entry.head.failure.has_value()};
  } else if (entry.head.failure) {
    pair.presence = CasePresence::failed;
    pair.why =
        Failed{.side = Side::head, .file = entry.head.failure->file, .message = entry.head.failure->message};
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
  const std::vector<MeasuredCase>& measured = (base ? entry.base : entry.head).measured;
  if (measured.size() == (base ? base_ : head_).processes.size()) return;
  const std::size_t all = processes_of_executables(base ? base_ : head_, measured);
  if (measured.size() < all)
    matching_.notes.push_back(note::PartlyMeasured{std::string(entry.name), side, measured.size(), all});
}

}  // namespace

std::size_t processes_of_executables(const ResultSet& side, const std::vector<MeasuredCase>& measured) {
  const auto has_case = [&](const Process& process) {
    return std::ranges::any_of(measured, [&](const MeasuredCase& one) {
      return one.process == &process || one.process->executable == process.executable;
    });
  };
  return static_cast<std::size_t>(std::ranges::count_if(side.processes, has_case));
}

Matching match_cases(const ResultSet& base, const ResultSet& head) {
  return Matcher(base, head).match();
}

}  // namespace warpgauge
