// Values for the flags of every subcommand, and command lines of them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/flag_table.h"

namespace warpgauge {

using Words = std::vector<std::string>;
using Entry = FlagTable::Entry;

// Values that a flag takes: by its name, else by the name of its value.
inline const std::map<std::string, Words>& good_values() {
  static const std::map<std::string, Words> values{
      {"--metric", {"real_time", "cpu_time", "items_per_second"}},
      {"--statistic", {"min", "q10", "q50"}},
      {"--alpha", {"5%", "0.001"}},
      {"NAME", {"lab-1", "ci"}},
      {"FILE", {"plain.json", "it's one", "-dash.json"}},
      {"DIR", {"new", "a new one", "-new"}},
      {"RE", {"^BM_(a|b)/8$", "it's \"$x\" `y`", "-^BM_", "a b\\d+"}},
      {"higher|lower", {"higher", "lower"}},
      {"SHARE", {"3%", "0.03", "20 %"}},
      {"SHARE[,ABSOLUTE]", {"3%", "2%,30ns"}},
      {"A..B", {"6..24", "12"}},
      {"S", {"10", "0.5"}},
      {"N", {"0", "7"}},
      {"SHA", {"0123abc", "0123456789abcdef0123456789abcdef01234567"}},
      {"--timeline", {"timeline.json"}},
      {"COMMAND", {"ci/gate.sh", "make gate"}},
      {"TEXT", {"why", "it's; $(x) & y"}},
      {"OLD=NEW", {"a=b", "a b=c'd", "-x=y", "a(.)=\\1"}},
      {"YYYY-MM-DDTHH:MM:SS+HH:MM", {"2026-11-20T21:10:26+01:00"}},
      {"...", {"--flag=1", "-v", "two words"}}};
  return values;
}

inline const Words& values_for(const Entry& entry) {
  std::string value = entry.flag.value;
  if (value.ends_with("...") && value.size() > 3) value.resize(value.size() - 3);
  const bool by_name = good_values().contains(entry.flag.name);
  return good_values().at(by_name ? entry.flag.name : entry.is_positional() && value.empty() ? "..." : value);
}

inline Words words_of(const Entry& entry, const Words& values) {
  if (entry.is_switch()) return {entry.flag.name};
  Words words;
  for (const std::string& value : values) {
    if (entry.is_positional()) {
      words.push_back(value);
    } else {
      words.push_back(entry.flag.name + "=" + value);
    }
  }
  return words;
}

}  // namespace warpgauge
