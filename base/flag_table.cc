#include "base/flag_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <stdexcept>

#include "base/escape.h"
#include "base/similar.h"

namespace warpgauge {
namespace {

constexpr std::string_view kSeeHelp = "--help lists all flags";
constexpr std::size_t kWidth = 100;  // of --help

const Flag* find_flag(const FlagTable& table, std::string_view name) {
  for (const FlagGroup& group : table.groups)
    for (const Flag& flag : group.flags)
      if (flag.name == name) return &flag;
  return nullptr;
}

[[noreturn]] void reject_unknown(const FlagTable& table, const std::string& name) {
  if (!name.starts_with("-"))
    throw std::invalid_argument(
        fmt::format("'{}' is not a flag; {}", visible(shortened(name, 60)), kSeeHelp));
  std::vector<std::string> names;
  for (const FlagGroup& group : table.groups)
    for (const Flag& flag : group.flags) names.push_back(flag.name);
  const std::string suggestion = did_you_mean(name, names);
  throw std::invalid_argument(fmt::format("unknown flag {}; {}{}{}", visible(shortened(name, 60)), suggestion,
                                          suggestion.empty() ? "" : " ", kSeeHelp));
}

// `spelling` is how the value was given: "--matrix=", "BENCHMARK_FILTER=".
void apply(const Flag& flag, const std::string& spelling, const std::string& value) {
  try {
    flag.apply(value);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(
        fmt::format("{}{}: {}", spelling, visible(shortened(value, 120)), error.what()));
  }
}

// One argument and, if the flag needs it, the next one.
class Arguments {
 public:
  Arguments(const FlagTable& table, std::span<const char* const> arguments)
      : table_(table), arguments_(arguments) {}

  bool has_next() const { return next_ < arguments_.size(); }

  void apply_next() {
    const std::string argument = arguments_[next_++];
    const std::size_t equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    const Flag* flag = find_flag(table_, name);
    if (!flag) reject_unknown(table_, name);
    if (!given_.insert(name).second && !flag->is_repeatable)
      throw std::invalid_argument(fmt::format("{} is given twice; give it once", name));
    apply(*flag, name + "=", value_of(*flag, argument, equals));
  }

  bool is_given(const Flag& flag) const { return given_.contains(flag.name); }

 private:
  std::string value_of(const Flag& flag, const std::string& argument, std::size_t equals) {
    if (equals != std::string::npos) return argument.substr(equals + 1);
    if (flag.value_name.empty()) return "true";
    if (!has_next())
      throw std::invalid_argument(
          fmt::format("{0}: a value is missing; write {0}={1}", flag.name, flag.value_name));
    return arguments_[next_++];
  }

  const FlagTable& table_;
  std::span<const char* const> arguments_;
  std::size_t next_ = 0;
  std::set<std::string> given_;
};

// Words of `text`, in lines of at most `width` characters. A line break of the text stays.
std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines{""};
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
    const std::string_view word = text.substr(0, end);
    if (!lines.back().empty() && lines.back().size() + 1 + word.size() > width) lines.emplace_back();
    if (!lines.back().empty()) lines.back() += ' ';
    lines.back() += word;
    if (end < text.size() && text[end] == '\n') lines.emplace_back();
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string spelling_of(const Flag& flag) {
  return flag.value_name.empty() ? flag.name : flag.name + "=" + flag.value_name;
}

// The column at which the help begins: beside all flags but very long ones.
std::size_t help_column(const FlagTable& table) {
  constexpr std::size_t kMargin = 4, kMostColumns = 34;
  std::size_t longest = 0;
  for (const FlagGroup& group : table.groups)
    for (const Flag& flag : group.flags)
      if (!group.is_brief) longest = std::max(longest, spelling_of(flag).size());
  return std::min(longest + kMargin, kMostColumns);
}

std::string flag_help(const std::string& spelling, const std::string& help, std::size_t column) {
  std::string text = "  " + spelling;
  bool is_beside = text.size() + 2 <= column;
  if (!is_beside) text += '\n';
  for (const std::string& line : wrapped(help, kWidth - column)) {
    text += std::string(is_beside ? column - text.size() : column, ' ') + line + '\n';
    is_beside = false;
  }
  return text;
}

std::string names_of(const FlagGroup& group) {
  std::string names, text;
  for (const Flag& flag : group.flags) names += flag.name + " ";
  for (const std::string& line : wrapped(names, kWidth - 2)) text += fmt::format("  {}\n", line);
  return text;
}

}  // namespace

Flag version_flag() {
  return {"--version", "", "print the version and the commit", [](const std::string&) {}};
}

Flag help_flag() {
  return {"--help", "", "print this text", [](const std::string&) {}};
}

Request parse_flags(const FlagTable& table, std::span<const char* const> arguments) {
  const auto has = [&](std::string_view name) {
    return std::ranges::any_of(arguments, [&](const char* argument) { return argument == name; });
  };
  if (has("--help") || has("-h")) return Request::help;
  if (has("--version")) return Request::version;
  Arguments given(table, arguments);
  while (given.has_next()) given.apply_next();
  for (const FlagGroup& group : table.groups)
    for (const Flag& flag : group.flags) {
      if (flag.environment.empty() || given.is_given(flag)) continue;
      const char* value = std::getenv(flag.environment.c_str());
      if (value && *value) apply(flag, flag.environment + "=", value);
    }
  return Request::run;
}

std::string help_text(const FlagTable& table) {
  const std::size_t column = help_column(table);
  std::string text = fmt::format("usage: {}\n\n{}\n", table.usage, table.summary);
  for (const FlagGroup& group : table.groups) {
    text += fmt::format("\n{}:\n", group.title);
    if (group.is_brief) {
      text += names_of(group);
      continue;
    }
    for (const Flag& flag : group.flags) text += flag_help(spelling_of(flag), flag.help, column);
  }
  return text + "\n" + table.footer;
}

}  // namespace warpgauge
