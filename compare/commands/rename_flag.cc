#include "compare/commands/rename_flag.h"

namespace warpgauge {

void add_rename_flag(FlagTable& table, std::vector<std::string>& renames) {
  table.add({.name = "--rename",
             .value = "OLD=NEW",
             .help = "Renames cases of base to their names in head: OLD is a regular expression (RE2 syntax) "
                     "for the whole name, \\1 in NEW its first group",
             .take = [&renames](const std::string& text) { renames.push_back(Rename(text).text()); },
             .repeatable = true});
}

std::vector<Rename> renames_of(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

}  // namespace warpgauge
