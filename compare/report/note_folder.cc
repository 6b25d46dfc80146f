#include "compare/report/note_folder.h"

#include <fmt/format.h>

#include "base/diagnostic.h"
#include "base/escape.h"

namespace warpgauge {
namespace {

// How several notes of a kind are called, and what is shown of one of them. Empty: the kind is not folded.
struct Fold {
  std::string words, name, reason = {};
};

struct FoldOf {
  template <class Kind>
  Fold operator()(const Kind&) const {
    return {};
  }
  Fold operator()(const note::InputRemark& note) const { return {"remarks about the files", note.text}; }
  Fold operator()(const note::Sentence& note) const { return {"further notes", note.text}; }
  Fold operator()(const note::PartlyMeasured& note) const {
    return {fmt::format("cases were measured by some of the processes of {} only", side_name(note.side)),
            note.name};
  }
  Fold operator()(const note::SkippedCase& note) const {
    return {note.on_both_sides ? "cases were skipped on both sides"
                               : "cases were skipped on the only side that has them",
            note.name, note.message};
  }
};

// Sentences of their own stay until there are many: each says something else.
constexpr std::size_t kMostSentences = 20;

std::size_t most_single(const Note& note) {
  if (std::holds_alternative<note::Sentence>(note)) return kMostSentences;
  return std::holds_alternative<note::InputRemark>(note) ? kNamesInNote : 1;
}

std::string reason_words(const std::string& reason, bool of_all) {
  if (reason.empty()) return "";
  return fmt::format("; reason{}: {}", of_all ? "" : " of the first", printable(reason));
}

}  // namespace

bool is_deciding(const Note& note) {
  if (const auto* control = std::get_if<note::NullControlRan>(&note))
    return control->verdict == NullVerdict::failed;
  return std::holds_alternative<note::DifferentMachines>(note) ||
         std::holds_alternative<note::EndedEarly>(note) || std::holds_alternative<note::NoBaseline>(note) ||
         std::holds_alternative<note::VerdictsDependOnExclusion>(note);
}

void NoteFolder::add(const Note& note) {
  const Fold fold = detail_ == NoteDetail::all ? Fold() : std::visit(FoldOf(), note);
  const auto [place, is_new] =
      fold.words.empty() ? std::pair(places_.end(), true) : places_.try_emplace(fold.words, groups_.size());
  Group& group = is_new ? groups_.emplace_back() : groups_[place->second];
  group.folded = fold.words;
  if (group.notes++ == 0) group.reason = fold.reason;
  group.one_reason = group.one_reason && group.reason == fold.reason;
  if (group.names.size() < kNamesInNote) group.names.push_back(fold.name);
  group.most_single = most_single(note);
  if (fold.words.empty() || group.single.size() < group.most_single)
    group.single.push_back(note_sentence(note, policy_));
}

std::vector<std::string> NoteFolder::take() const {
  std::vector<std::string> sentences;
  for (const Group& group : groups_) {
    if (group.folded.empty() || group.notes <= group.most_single) {
      sentences.insert(sentences.end(), group.single.begin(), group.single.end());
      continue;
    }
    std::string names;
    for (const std::string& name : group.names) names += (names.empty() ? "" : ", ") + visible(name);
    const std::size_t left = group.notes - group.names.size();
    sentences.push_back(fmt::format("{} {}: {}{}{}", group.notes, group.folded, names,
                                    left > 0 ? fmt::format(" and {} more", left) : "",
                                    reason_words(group.reason, group.one_reason)));
  }
  return sentences;
}

}  // namespace warpgauge
