// --rename OLD=NEW: cases of base, or of a stored baseline, get the names that they have in head. OLD is an
// RE2 expression for the whole name; \1 in NEW is its first group, \0 the name. If OLD is the name of a case,
// it means that case alone, so that names with special characters need no escapes. OLD ends at the first '='
// that is not behind a backslash.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>

namespace re2 {
class RE2;
}

namespace warpgauge {

class Rename {
 public:
  // Throws std::invalid_argument if OLD or NEW is not valid.
  explicit Rename(std::string_view text);

  [[nodiscard]] const std::string& text() const { return text_; }
  // Nothing if OLD does not match.
  [[nodiscard]] std::optional<std::string> new_name(std::string_view name) const;
  // NEW if `name` is literally an OLD of the text.
  [[nodiscard]] std::optional<std::string> literal_new_name(std::string_view name) const;

 private:
  std::string text_, new_;
  std::shared_ptr<const re2::RE2> old_;
};

// Why a rename cannot be made.
namespace rename_problem {
struct NothingToRename {  // no case is called OLD
  std::string text;       // OLD=NEW
};
struct EmptyNewName {
  std::string text;
};
struct NewNameTaken {
  std::string text, name;
};
struct TwoToOne {  // both would be called `name`
  std::string text, first, second, name;
};
}  // namespace rename_problem
using RenameProblem = std::variant<rename_problem::NothingToRename, rename_problem::EmptyNewName,
                                   rename_problem::NewNameTaken, rename_problem::TwoToOne>;

using NewNames = std::map<std::string, std::string, std::less<>>;  // old name -> new name

// Of the cases that `names` holds.
[[nodiscard]] std::variant<NewNames, RenameProblem> new_names(const Rename& rename,
                                                              const std::set<std::string>& names);

// `holder`: "the baseline" or "base".
[[nodiscard]] std::string rename_problem_text(const RenameProblem& problem, std::string_view holder);

}  // namespace warpgauge
