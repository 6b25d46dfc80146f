// warpgauge-compare: reports whether a change made benchmarks slower. The exit codes are a contract:
//   0 pass, 1 regression or failed case, 2 usage, 3 bad input, 4 undecided, 5 an output was not written.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <new>
#include <span>

#include "base/atomic_file.h"
#include "base/console.h"
#include "base/diagnostic.h"
#include "base/escape.h"
#include "base/message.h"
#include "base/out_of_memory.h"
#include "base/similar.h"
#include "compare/commands/command.h"
#include "compare/commands/echo.h"
#include "compare/commands/reports.h"

namespace warpgauge {
namespace {

constexpr int kUsage = 2, kBadInput = 3, kNoOutput = 5;

// A closed standard descriptor would be taken by the first file that is opened, and reports would be written
// into it. What stands in for stdout is read-only, so that writing still fails.
void hold_standard_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) == -1) {
      const int opened = ::open("/dev/null", descriptor == STDERR_FILENO ? O_WRONLY : O_RDONLY);
      if (opened >= 0 && opened != descriptor) ::dup2(opened, descriptor);
    }
  }
}

// Each line of `what` is an error of its own.
int complain(int code, std::string_view what) {
  while (!what.empty()) {
    const std::string_view line = what.substr(0, what.find('\n'));
    print_error(kProgram, line);
    what.remove_prefix(std::min(line.size() + 1, what.size()));
  }
  return code;
}

// A misspelt subcommand must not be taken for a file. A file exists, or has a dot, a slash, a dash or an @ in
// its name.
bool looks_like_a_file(const std::string& word) {
  return word.find_first_of("./-@") != std::string::npos || ::access(word.c_str(), F_OK) == 0;
}

// The subcommand that the arguments begin with, and the number of words that its name takes: "settle open" is
// two. "BASE HEAD" is short for "gate BASE HEAD".
std::pair<Command*, std::size_t> chosen(std::vector<Command>& commands,
                                        const std::vector<std::string>& words) {
  const auto named = [&](const std::string& name) {
    const auto found = std::ranges::find(commands, name, &Command::name);
    return found == commands.end() ? nullptr : &*found;
  };
  if (words.size() > 1) {
    if (Command* two = named(words[0] + " " + words[1])) return {two, 2};
  }
  if (Command* one = named(words[0])) return {one, 1};
  if (looks_like_a_file(words[0])) return {named("gate"), 0};
  std::vector<std::string> names;
  for (const Command& command : commands) names.push_back(command.name);
  const std::string suggestion = did_you_mean(words[0], names);
  throw UsageError(fmt::format("'{}' is neither a subcommand nor a file; {}{}see {} --help",
                               visible(words[0]), suggestion, suggestion.empty() ? "" : " ", kProgram));
}

// `settle --help`: of all subcommands whose names begin with that word.
std::string help_of_group(const std::vector<Command>& commands, const std::vector<std::string>& words) {
  std::string help;
  if (words.size() != 2 || (words[1] != "--help" && words[1] != "-h")) return help;
  for (const Command& command : commands) {
    if (command.name.starts_with(words[0] + " ")) help += (help.empty() ? "" : "\n") + help_of(command);
  }
  return help;
}

int run(const std::vector<std::string>& words) {
  std::vector<Command> commands = all_commands();
  if (words.empty()) throw UsageError(fmt::format("a subcommand is missing; see {} --help", kProgram));
  if (words[0] == "--version") {
    print(fmt::format("{} {}\n", kProgram, WARPGAUGE_VERSION));
    return 0;
  }
  if (words[0] == "--help" || words[0] == "-h") {
    print(overview(commands));
    return 0;
  }
  if (const std::string help = help_of_group(commands, words); !help.empty()) {
    print(help);
    return 0;
  }
  const auto [command, name_words] = chosen(commands, words);
  const std::vector<std::string> arguments(words.begin() + static_cast<std::ptrdiff_t>(name_words),
                                           words.end());
  const std::string called = fmt::format("{} {}", kProgram, command->name);
  if (command->flags.parse(called, arguments) == Request::help) {
    print(help_of(*command));
    return 0;
  }
  return command->run(called + echoed(command->flags));
}

}  // namespace
}  // namespace warpgauge

namespace warpgauge {
namespace {

int run_and_complain(int argc, char** argv) {
  try {
    return run({argv + 1, argv + argc});
  } catch (const UsageError& error) {
    return complain(kUsage, error.what());
  } catch (const Diagnostic& error) {
    return complain(kBadInput, error.what());
  } catch (const OutputError& error) {
    return complain(kNoOutput, error.what());
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {  // what nobody foresaw has an exit code all the same
    return complain(kBadInput,
                    fmt::format("{}; this is a fault of the program, please report it", error.what()));
  }
}

}  // namespace
}  // namespace warpgauge

int main(int argc, char** argv) {
  using namespace warpgauge;
  prepare_for_out_of_memory(
      "warpgauge-compare: error: out of memory; are the files too large for this machine?\n", kBadInput);
  std::signal(SIGPIPE, SIG_IGN);  // a reader that is gone is a failed write, exit 5
  std::signal(SIGXFSZ, SIG_IGN);  // so is a file that may not grow
  hold_standard_descriptors();
  try {
    return run_and_complain(argc, argv);
  } catch (const std::bad_alloc&) {  // of the complaint, too
    return complain_of_memory();
  }
}
