// Folds notes: many of one kind become one sentence, with their number, the first three, and the reason of
// the first.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compare/decide/comparison.h"
#include "compare/report/note_words.h"

namespace warpgauge {

// Whether the note explains why the run does not pass.
[[nodiscard]] bool is_deciding(const Note& note);

class NoteFolder {
 public:
  NoteFolder(const AppliedPolicy& policy, NoteDetail detail) : policy_(policy), detail_(detail) {}
  void add(const Note& note);
  // In the order in which the first note of each kind was added.
  [[nodiscard]] std::vector<std::string> take() const;

 private:
  struct Group {
    std::string folded;               // "cases were skipped on both sides"; empty: never folded
    std::vector<std::string> names;   // the first ones
    std::string reason;               // of the first note
    bool one_reason = true;           // it is that of all notes
    std::vector<std::string> single;  // the sentences of the first notes, or of all
    std::size_t notes = 0, most_single = 0;
  };

  const AppliedPolicy& policy_;
  NoteDetail detail_;
  std::vector<Group> groups_;
  std::map<std::string, std::size_t> places_;  // by `folded`
};

}  // namespace warpgauge
