// --help of a program, from its table of flags. At most 100 columns wide.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/flag_table.h"

namespace warpgauge {

struct ProgramHelp {
  std::string program;                // as it is called: "warpgauge-compare gate"
  std::string description;            // the first paragraph
  std::vector<std::string> examples;  // command lines; they are not wrapped
  std::string exit_codes;             // "0 pass; 1 regression"
};

[[nodiscard]] std::string help_text(const ProgramHelp& help, const FlagTable& table);

// Parts of a text like that: an entry of a list, and the last paragraph.
[[nodiscard]] std::string help_entry(const std::string& name, const std::string& text);
[[nodiscard]] std::string exit_code_paragraph(std::string_view exit_codes);

}  // namespace warpgauge
