#include "compare/commands/command_flags.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>

#include "base/diagnostic.h"
#include "base/escape.h"
#include "base/similar.h"
#include "compare/commands/paths.h"

namespace warpgauge {
namespace {

// Binds an entry to the parser, which writes to `typed` and `is_given`.
CLI::Option* declare(CLI::App& parser, CommandFlags::Entry& entry, std::string& single) {
  const std::string& name = entry.flag.name;
  if (!entry.refused_because.empty()) return parser.add_option(name, single)->expected(0, 1);
  if (entry.is_switch()) return parser.add_flag(name);
  CLI::Option* option = nullptr;
  if (entry.takes_several()) {
    option = parser.add_option(name, entry.typed);
  } else if (entry.flag.repeatable) {
    option = parser.add_option(name, entry.typed)->expected(1)->take_all();
  } else {
    option = parser.add_option(name, single);
  }
  return option->type_name(entry.flag.value)->required(entry.flag.required);
}

[[noreturn]] void refuse_unknown(const std::vector<CommandFlags::Entry>& entries,
                                 const std::vector<std::string>& unknown, const std::string& help) {
  const auto flag =
      std::ranges::find_if(unknown, [](const std::string& word) { return word.starts_with('-'); });
  if (flag != unknown.end()) {
    const std::string name = flag->substr(0, flag->find('='));
    std::vector<std::string> known;
    for (const CommandFlags::Entry& entry : entries) known.push_back(entry.flag.name);
    const std::string suggestion = did_you_mean(name, known);
    throw UsageError(fmt::format("{}: is not a flag; {}{}see {}", visible(name), suggestion,
                                 suggestion.empty() ? "" : " ", help));
  }
  throw UsageError(fmt::format("'{}': is one argument too many; see {}", visible(unknown.front()), help));
}

std::string shown_value(const CommandFlag& flag, const std::string& value) {
  return flag.echo == Echo::as_path ? shown_path(value, flag.path_parts) : value;
}

std::string echoed_flag(const CommandFlags::Entry& entry) {
  const CommandFlag& flag = entry.flag;
  if (entry.is_switch()) return " " + flag.name;
  std::string words;
  for (const std::string& typed : entry.typed) {
    if (words.empty() || !entry.takes_several()) words += " " + flag.name;
    words += " " + shell_word(shown_value(flag, typed));
  }
  return words;
}

void take(const CommandFlags::Entry& entry) {
  const CommandFlag& flag = entry.flag;
  if (!entry.refused_because.empty())
    throw UsageError(fmt::format("{}: {}", flag.name, entry.refused_because));
  for (const std::string& value : entry.typed) {
    try {
      flag.take(value);
    } catch (const std::invalid_argument& error) {
      throw UsageError(fmt::format("{}: {}", flag.name, error.what()));
    }
  }
}

}  // namespace

std::invalid_argument bad_value(std::string_view value, std::string_view what, std::string_view hint) {
  return std::invalid_argument(fmt::format("'{}' {}; {}", printable(value), what, hint));
}

CommandFlag::Take switched_on(bool& target) {
  return [&target](const std::string&) { target = true; };
}

CommandFlag::Take text_into(std::string& target) {
  return [&target](const std::string& value) { target = value; };
}

CommandFlag::Take appended_to(std::vector<std::string>& target) {
  return [&target](const std::string& value) { target.push_back(value); };
}

void CommandFlags::add(CommandFlag flag) {
  entries_.push_back({.flag = std::move(flag), .heading = heading_});
}

void CommandFlags::refuse(std::string name, std::string why) {
  CommandFlag flag{
      .name = std::move(name), .help = {}, .take = [](const std::string&) {}, .echo = Echo::hidden};
  entries_.push_back({.flag = std::move(flag), .heading = heading_, .refused_because = std::move(why)});
}

void CommandFlags::add_rule(std::function<void(const CommandFlags&)> rule) {
  rules_.push_back(std::move(rule));
}

CommandFlags::Parsed CommandFlags::parse(const std::string& command, const std::vector<std::string>& words) {
  const std::string help = command + " --help";
  CLI::App parser;
  parser.allow_extras();
  std::vector<std::string> singles(entries_.size());
  std::vector<CLI::Option*> options;
  for (std::size_t i = 0; i < entries_.size(); ++i)
    options.push_back(declare(parser, entries_[i], singles[i]));
  try {
    parser.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::CallForHelp&) {
    return Parsed::help_wanted;
  } catch (const CLI::ParseError& error) {
    throw UsageError(fmt::format("{}; see {}", visible(error.what()), help));
  }
  std::vector<std::string> unknown = parser.remaining();
  std::erase(unknown, "--");  // the parser lists it, although it has taken what is behind it
  if (!unknown.empty()) refuse_unknown(entries_, unknown, help);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    Entry& entry = entries_[i];
    entry.is_given = options[i]->count() > 0;
    if (entry.is_given && entry.typed.empty()) entry.typed = {singles[i]};
  }
  take_all();
  return Parsed::arguments;
}

void CommandFlags::take_all() const {
  std::exception_ptr bad_file;  // exit 3: a usage error, exit 2, outranks it
  for (const Entry& entry : entries_) {
    if (!entry.is_given) continue;
    try {
      take(entry);
    } catch (const Diagnostic&) {
      if (!bad_file) bad_file = std::current_exception();
    }
  }
  for (const auto& rule : rules_) rule(*this);
  if (bad_file) std::rethrow_exception(bad_file);
}

const CommandFlags::Entry* CommandFlags::first_given(
    const std::function<bool(const Entry&)>& predicate) const {
  for (const Entry& entry : entries_) {
    if (entry.is_given && predicate(entry)) return &entry;
  }
  return nullptr;
}

bool CommandFlags::is_given(std::string_view name) const {
  return first_given([&](const Entry& entry) { return entry.flag.name == name; }) != nullptr;
}

std::string CommandFlags::echoed() const {
  std::string positionals, flags, rest;
  for (const Entry& entry : entries_) {
    if (!entry.is_given || entry.flag.echo == Echo::hidden) continue;
    if (!entry.is_positional()) {
      flags += echoed_flag(entry);
      continue;
    }
    std::string& words = entry.takes_several() && !entry.flag.required ? rest : positionals;
    for (const std::string& typed : entry.typed) words += " " + shell_word(shown_value(entry.flag, typed));
  }
  return positionals + flags + (rest.empty() ? "" : " --" + rest);
}

}  // namespace warpgauge
