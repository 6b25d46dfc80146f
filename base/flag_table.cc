#include "base/flag_table.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <iterator>

#include "base/diagnostic.h"
#include "base/escape.h"
#include "base/flag_value.h"
#include "base/similar.h"

namespace warpgauge {
namespace {

using Words = std::vector<std::string>;
using Entries = std::vector<FlagTable::Entry>;

constexpr std::string_view kHelp = "--help", kShortHelp = "-h", kVersion = "--version", kNoMoreFlags = "--";

const FlagTable::Entry* find_flag(const Entries& entries, std::string_view name) {
  const auto found = std::ranges::find_if(entries, [&](const FlagTable::Entry& entry) {
    return !entry.is_positional() && entry.flag.name == name;
  });
  return found == entries.end() ? nullptr : &*found;
}

Request request_of(const Entries& entries, const Words& words) {
  const auto end = std::ranges::find(words, kNoMoreFlags);
  const auto has = [&](std::string_view name) { return std::find(words.begin(), end, name) != end; };
  if (has(kHelp) || has(kShortHelp)) return Request::help;
  return find_flag(entries, kVersion) && has(kVersion) ? Request::version : Request::run;
}

bool looks_like_a_flag(const std::string& word) {
  return word.starts_with('-') && word != "-";
}

// A word per name and a word per value: `--base=a b --strict` becomes `--base a --base b --strict true`.
// CLI11 would take the next word for the value of `--name=`, and a `--` behind several values for their end
// only.
Words separated(const Entries& entries, const Words& words) {
  Words out;
  for (auto word = words.begin(); word != words.end(); ++word) {
    if (*word == kNoMoreFlags) {
      out.insert(out.end(), word, words.end());
      break;
    }
    const std::size_t equals = word->find('=');
    const FlagTable::Entry* const entry = find_flag(entries, word->substr(0, equals));
    if (!entry) {
      out.push_back(*word);
      continue;
    }
    const Flag& flag = entry->flag;
    if (entry->is_refused()) throw UsageError(fmt::format("{}: {}", flag.name, entry->refused_because));
    const auto add = [&](std::string value) { out.insert(out.end(), {flag.name, std::move(value)}); };
    const auto has_next = [&] { return std::next(word) != words.end(); };
    if (equals != std::string::npos) {
      add(word->substr(equals + 1));
    } else if (entry->is_switch()) {
      add("true");
    } else if (has_next()) {
      add(*++word);
    } else {
      throw UsageError(fmt::format("{0}: has no value; write {0} {1}", flag.name, flag.value));
    }
    while (entry->takes_several() && has_next() && !looks_like_a_flag(*std::next(word))) add(*++word);
  }
  return out;
}

CLI::Option* declare(CLI::App& parser, const FlagTable::Entry& entry) {
  const CLI::callback_t keep = [](const CLI::results_t&) { return true; };
  CLI::Option* const option = parser.add_option(entry.flag.name, keep)->take_all();
  if (entry.is_positional() && entry.takes_several()) option->expected(-1)->allow_extra_args();
  return option->envname(entry.flag.environment)->required(entry.flag.required);
}

[[noreturn]] void refuse_unknown(const Entries& entries, const Words& unknown, const std::string& help) {
  const auto flag =
      std::ranges::find_if(unknown, [](const std::string& word) { return word.starts_with('-'); });
  if (flag == unknown.end())
    throw UsageError(fmt::format("'{}': is one argument too many; see {}", visible(unknown.front()), help));
  const std::string name = flag->substr(0, flag->find('='));
  Words known;
  if (!find_flag(entries, kHelp)) known.emplace_back(kHelp);
  for (const FlagTable::Entry& entry : entries) {
    if (!entry.is_positional() && !entry.is_refused()) known.push_back(entry.flag.name);
  }
  const std::string suggestion = did_you_mean(name, known);
  throw UsageError(fmt::format("{}: is not a flag; {}{}see {}", visible(name), suggestion,
                               suggestion.empty() ? "" : " ", help));
}

void take(const FlagTable::Entry& entry) {
  for (const std::string& value : entry.typed) {
    try {
      // `--json "$unset"` would silently write no report.
      if (value.empty() && entry.flag.value.starts_with("FILE"))
        throw bad_value(value, "is empty", "give the name of a file");
      if (value.empty() && entry.flag.value.starts_with("DIR"))
        throw bad_value(value, "is empty", "give the name of a folder");
      entry.flag.take(value);
    } catch (const std::invalid_argument& error) {
      throw UsageError(fmt::format("{}: {}", entry.source, error.what()));
    }
  }
}

}  // namespace

Flag::Take truth_into(bool& target) {
  return [&target](const std::string& value) { target = truth_value(value); };
}

Flag::Take text_into(std::string& target) {
  return [&target](const std::string& value) { target = value; };
}

Flag::Take appended_to(std::vector<std::string>& target) {
  return [&target](const std::string& value) { target.push_back(value); };
}

Flag version_flag() {
  return {.name = std::string(kVersion),
          .help = "Prints the version and the commit",
          .take = [](const std::string&) {}};
}

Flag help_flag() {
  return {.name = std::string(kHelp), .help = "Prints this text", .take = [](const std::string&) {}};
}

void FlagTable::add(Flag flag) {
  entries_.push_back({.flag = std::move(flag), .heading = heading_});
}

void FlagTable::refuse(std::string name, std::string why) {
  Flag flag{.name = std::move(name), .take = {}, .echo = Echo::hidden};
  entries_.push_back({.flag = std::move(flag), .heading = heading_, .refused_because = std::move(why)});
}

void FlagTable::add_rule(std::function<void(const FlagTable&)> rule) {
  rules_.push_back(std::move(rule));
}

Request FlagTable::parse(const std::string& program, const std::vector<std::string>& words) {
  const Request request = request_of(entries_, words);
  if (request != Request::run) return request;
  read(program + " --help", words);
  take_all();
  return Request::run;
}

void FlagTable::read(const std::string& help, const std::vector<std::string>& words) {
  CLI::App parser;
  parser.set_help_flag();
  parser.allow_extras();
  std::vector<CLI::Option*> options;
  for (const Entry& entry : entries_) options.push_back(declare(parser, entry));
  Words reversed = separated(entries_, words);
  std::ranges::reverse(reversed);
  try {
    parser.parse(std::move(reversed));
  } catch (const CLI::ParseError& error) {
    throw UsageError(fmt::format("{}; see {}", visible(error.what()), help));
  }
  Words unknown = parser.remaining();
  std::erase(unknown, kNoMoreFlags);  // CLI11 lists it, although it has taken what is behind it
  if (!unknown.empty()) refuse_unknown(entries_, unknown, help);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    Entry& entry = entries_[i];
    entry.typed = options[i]->results();
    entry.is_given = !entry.typed.empty();
    const bool is_on_command_line = std::ranges::count(parser.parse_order(), options[i]) > 0;
    entry.source = is_on_command_line ? entry.flag.name : entry.flag.environment;
    if (entry.typed.size() > 1 && !entry.takes_several() && !entry.flag.repeatable)
      throw UsageError(fmt::format("{}: is given twice; give it once", entry.flag.name));
  }
}

void FlagTable::take_all() const {
  std::exception_ptr bad_file;  // exit 3: a usage error, exit 2, outranks it
  for (const Entry& entry : entries_) {
    try {
      take(entry);
    } catch (const Diagnostic&) {
      if (!bad_file) bad_file = std::current_exception();
    }
  }
  for (const auto& rule : rules_) rule(*this);
  if (bad_file) std::rethrow_exception(bad_file);
}

const FlagTable::Entry* FlagTable::first_given(const std::function<bool(const Entry&)>& predicate) const {
  for (const Entry& entry : entries_) {
    if (entry.is_given && predicate(entry)) return &entry;
  }
  return nullptr;
}

bool FlagTable::is_given(std::string_view name) const {
  return first_given([&](const Entry& entry) { return entry.flag.name == name; }) != nullptr;
}

}  // namespace warpgauge
