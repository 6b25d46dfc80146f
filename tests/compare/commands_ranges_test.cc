// Numbers of flags have ranges, and paths are not empty, in every subcommand.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "compare/commands/command.h"
#include "tests/compare/commands_flags_support.h"

namespace warpgauge {
namespace {

// Whether a flag refuses a value that is given with all that is required.
bool refuses(const std::string& command, const std::string& name, const std::string& value) {
  std::vector<Command> commands = all_commands();
  FlagTable& flags = std::ranges::find(commands, command, &Command::name)->flags;
  Words words;
  for (const Entry& entry : flags.entries()) {
    const bool is_tried = entry.flag.name == name;
    if (!is_tried && !entry.flag.required) continue;
    const Words more = words_of(entry, {is_tried ? value : values_for(entry).front()});
    words.insert(words.end(), more.begin(), more.end());
  }
  try {
    (void)flags.parse(command, words);
  } catch (const UsageError& error) {
    return std::string_view(error.what()).starts_with(name + ": ");
  } catch (const std::exception&) {  // a file that is not there
  }
  return false;
}

TEST(command_flag_ranges, numbers_have_ranges) {
  const std::set<std::string> numbers = {"N", "S", "SHARE", "SHARE[,ABSOLUTE]", "A..B"};
  const Words hostile = {
      "",      "inf",  "nan", "-inf", "-1", "-0.5", "1e999", "0x10", " 1", "1,5", "99999999999999999999999",
      "1e30%", "nan%", "1..x"};
  int seen = 0;
  for (const Command& command : all_commands())
    for (const Entry& entry : command.flags.entries()) {
      if (!numbers.contains(entry.flag.value) || entry.is_refused() || entry.is_positional()) continue;
      ++seen;
      for (const std::string& value : hostile)
        EXPECT_TRUE(refuses(command.name, entry.flag.name, value))
            << command.name << " " << entry.flag.name << " takes '" << value << "'";
    }
  EXPECT_GT(seen, 15);
  for (const char* blocks : {"4294967298", "2..4294967298", "0", "1", "1001"})
    EXPECT_TRUE(refuses("ab", "--blocks", blocks)) << blocks;
  for (const char* seconds : {"0", "1e-9", "1000001"})
    for (const char* flag : {"--timeout", "--process-seconds"})
      EXPECT_TRUE(refuses("ab", flag, seconds)) << flag << seconds;
}

TEST(command_flag_ranges, an_empty_path_is_refused) {
  int seen = 0;
  for (const Command& command : all_commands())
    for (const Entry& entry : command.flags.entries()) {
      const std::string& value = entry.flag.value;
      if (entry.is_refused() || entry.is_positional() ||
          !(value.starts_with("FILE") || value.starts_with("DIR")))
        continue;
      ++seen;
      EXPECT_TRUE(refuses(command.name, entry.flag.name, "")) << command.name << " " << entry.flag.name;
    }
  EXPECT_GT(seen, 20);
}

}  // namespace
}  // namespace warpgauge
