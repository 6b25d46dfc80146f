// What holds for the table of flags of every program and subcommand.
#pragma once

#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>

#include "base/escape.h"
#include "base/flag_table.h"

namespace warpgauge {

// Lines of --help that an entry for this flag begins.
inline std::size_t help_lines_of(const std::string& help, const std::string& name) {
  std::size_t count = 0;
  for (const char* behind : {" ", "\n"}) {
    const std::string line = "\n  " + name + behind;
    for (std::size_t at = help.find(line); at != std::string::npos; at = help.find(line, at + 1)) ++count;
  }
  return count;
}

// A flag without a help is one of several names in a line.
inline bool help_has_name(const std::string& help, const std::string& name) {
  return help.find(" " + name + " ") != std::string::npos ||
         help.find(" " + name + "\n") != std::string::npos;
}

inline void expect_sound(const FlagTable& table, const std::string& help) {
  std::set<std::string> names;
  for (const FlagTable::Entry& entry : table.entries()) {
    const std::string& name = entry.flag.name;
    EXPECT_TRUE(names.insert(name).second) << name << " is in the table twice";
    EXPECT_FALSE(entry.flag.help.ends_with('.')) << name;
    if (entry.is_refused()) {
      EXPECT_FALSE(help_has_name(help, name)) << name << " is refused, and --help lists it";
    } else if (entry.flag.help.empty()) {
      EXPECT_TRUE(help_has_name(help, name)) << name;
    } else {
      EXPECT_EQ(help_lines_of(help, name), 1u) << name;
    }
  }
  std::istringstream lines(help);
  bool is_example = false;  // they are not wrapped
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(' ')) is_example = line.starts_with("Example");
    EXPECT_TRUE(is_example || display_width(line) <= 100) << line;
  }
}

}  // namespace warpgauge
