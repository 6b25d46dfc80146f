// The flags of one subcommand. Each flag stands once, in a CommandFlag; parsing, checking, --help and the
// command line that reports show follow from it.
#pragma once

#include <concepts>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "compare/commands/usage_error.h"

namespace warpgauge {

// How the command line in a report shows the values of a flag.
enum class Echo { hidden, as_typed, as_path };

struct CommandFlag {
  // Sets what the flag stands for; called once per value. Throws bad_value(), or Diagnostic for a file.
  using Take = std::function<void(const std::string& value)>;

  std::string name;  // "--fail-above"; without dashes it is positional: "BASE_EXE"
  std::string value =
      {};            // name of its value in --help; ends with "..." if it takes several; empty: a switch
  std::string help;  // one sentence, without a full stop
  std::string default_shown = {};  // empty: none
  Take take;
  Echo echo = Echo::as_typed;
  int path_parts = 1;  // of an absolute path that a report shows
  bool required = false;
  bool repeatable = false;  // one value per occurrence, any number of occurrences
};

// Takers for the usual cases.
[[nodiscard]] CommandFlag::Take switched_on(bool& target);
[[nodiscard]] CommandFlag::Take text_into(std::string& target);
[[nodiscard]] CommandFlag::Take appended_to(std::vector<std::string>& target);
template <class Target, std::invocable<const std::string&> Parse>
[[nodiscard]] CommandFlag::Take parsed_into(Target& target, Parse parse) {
  return [&target, parse](const std::string& value) { target = parse(value); };
}

class CommandFlags {
 public:
  struct Entry {
    CommandFlag flag;
    std::string heading;
    std::string refused_because = {};  // not empty: the subcommand refuses the flag
    std::vector<std::string> typed = {};
    bool is_given = false;

    bool is_positional() const { return !flag.name.starts_with('-'); }
    bool is_switch() const { return flag.value.empty(); }
    bool takes_several() const { return flag.value.ends_with("..."); }
  };

  void add_heading(std::string heading) { heading_ = std::move(heading); }
  void add(CommandFlag flag);
  // A flag of other subcommands that this one refuses. `why`: "what; hint".
  void refuse(std::string name, std::string why);
  // A rule over several flags. It runs after all were taken, and throws UsageError.
  void add_rule(std::function<void(const CommandFlags&)> rule);

  enum class Parsed { arguments, help_wanted };
  // Takes the words after the subcommand. Throws UsageError; `command` is for its hint.
  [[nodiscard]] Parsed parse(const std::string& command, const std::vector<std::string>& words);

  [[nodiscard]] bool is_given(std::string_view name) const;
  // The first flag on the command line for which `predicate` holds; null if there is none.
  [[nodiscard]] const Entry* first_given(const std::function<bool(const Entry&)>& predicate) const;
  // What was typed, to be typed again: a space in front of every word.
  [[nodiscard]] std::string echoed() const;

  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

 private:
  void take_all() const;

  std::string heading_;
  std::vector<Entry> entries_;
  std::vector<std::function<void(const CommandFlags&)>> rules_;
};

}  // namespace warpgauge
