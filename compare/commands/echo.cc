#include "compare/commands/echo.h"

#include <fmt/format.h>

#include "base/escape.h"
#include "base/flag_value.h"
#include "compare/commands/paths.h"

namespace warpgauge {
namespace {

std::string shown_word(const Flag& flag, const std::string& value) {
  return shell_word(flag.echo == Echo::as_path ? shown_path(value, flag.path_parts) : value);
}

std::string echoed_flag(const FlagTable::Entry& entry) {
  const Flag& flag = entry.flag;
  if (entry.is_switch())
    return fmt::format(" {}{}", flag.name, truth_value(entry.typed.front()) ? "" : "=false");
  std::string words;
  for (const std::string& typed : entry.typed) {
    if (words.empty() || !entry.takes_several()) words += " " + flag.name;
    words += " " + shown_word(flag, typed);
  }
  return words;
}

}  // namespace

std::string echoed(const FlagTable& table) {
  std::string positionals, flags, rest;
  for (const FlagTable::Entry& entry : table.entries()) {
    if (!entry.is_given || entry.flag.echo == Echo::hidden) continue;
    if (!entry.is_positional()) {
      flags += echoed_flag(entry);
      continue;
    }
    std::string& words = entry.takes_several() && !entry.flag.required ? rest : positionals;
    for (const std::string& typed : entry.typed) words += " " + shown_word(entry.flag, typed);
  }
  return positionals + flags + (rest.empty() ? "" : " --" + rest);
}

}  // namespace warpgauge
