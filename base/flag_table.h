// The command line of a program or a subcommand. Each flag stands once, in a Flag; parsing (by CLI11),
// checks, error messages and --help follow from it.
//
//   FlagTable table;
//   table.add_heading("Seeds");
//   table.add({.name = "--seed", .value = "N", .help = "First seed", .default_shown = "1",
//              .take = parsed_into(seed, [](const std::string& text) { return whole_number(text, 0, 9); })});
//   switch (table.parse("fuzz", words)) { ... }
//
// `--name=value` and `--name value` are the same, and `--name=` is an empty value. A switch takes a value
// only behind `=`: `--name=false` turns it off. Words behind `--` are no flags.
#pragma once

#include <concepts>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/usage_error.h"

namespace warpgauge {

// How a command line that is shown, to be typed again, has the values of a flag.
enum class Echo { hidden, as_typed, as_path };

struct Flag {
  // Sets what the flag stands for; called once per value. Throws bad_value(), or Diagnostic for a file.
  using Take = std::function<void(const std::string& value)>;

  std::string name;  // "--fail-above"; without dashes it is positional: "BASE_EXE"
  std::string value =
      {};                 // name of its value in --help; ends with "..." if it takes several; empty: a switch
  std::string help = {};  // one sentence, without a full stop; empty: --help has only its name
  std::string default_shown = {};  // empty: none
  Take take;
  Echo echo = Echo::as_typed;
  int path_parts = 1;            // of an absolute path that is shown
  std::string environment = {};  // variable that is read if the flag is not given; empty: none
  bool required = false;
  bool repeatable = false;  // one value per occurrence, any number of occurrences
};

// Takers for the usual cases.
[[nodiscard]] Flag::Take truth_into(bool& target);
[[nodiscard]] Flag::Take text_into(std::string& target);
[[nodiscard]] Flag::Take appended_to(std::vector<std::string>& target);
template <class Target, std::invocable<const std::string&> Parse>
[[nodiscard]] Flag::Take parsed_into(Target& target, Parse parse) {
  return [&target, parse](const std::string& value) { target = parse(value); };
}

// For tables whose --help lists them. parse() returns their requests.
[[nodiscard]] Flag version_flag();
[[nodiscard]] Flag help_flag();

// What a command line requests. --help, -h and --version win over everything else in it.
enum class Request { run, help, version };

class FlagTable {
 public:
  struct Entry {
    Flag flag;
    std::string heading;
    std::string refused_because = {};  // not empty: the flag is refused
    std::vector<std::string> typed = {};
    bool is_given = false;
    std::string source = {};  // of what was typed: the flag, or the variable of the environment

    bool is_positional() const { return !flag.name.starts_with('-'); }
    bool is_refused() const { return !refused_because.empty(); }
    bool is_switch() const { return flag.value.empty(); }
    bool takes_several() const { return flag.value.ends_with("..."); }
  };

  void add_heading(std::string heading) { heading_ = std::move(heading); }
  void add(Flag flag);
  // A flag of other subcommands that this one refuses. `why`: "what; hint".
  void refuse(std::string name, std::string why);
  // A rule over several flags. It runs after all were taken, and throws UsageError.
  void add_rule(std::function<void(const FlagTable&)> rule);

  // Takes the flags in the order of the table, then checks the rules. Throws UsageError; `program` is for its
  // hint. --version is a request only if the table has version_flag().
  [[nodiscard]] Request parse(const std::string& program, const std::vector<std::string>& words);

  [[nodiscard]] bool is_given(std::string_view name) const;
  // The first flag on the command line for which `predicate` holds; null if there is none.
  [[nodiscard]] const Entry* first_given(const std::function<bool(const Entry&)>& predicate) const;

  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

 private:
  void read(const std::string& help, const std::vector<std::string>& words);
  void take_all() const;

  std::string heading_;
  std::vector<Entry> entries_;
  std::vector<std::function<void(const FlagTable&)>> rules_;
};

}  // namespace warpgauge
