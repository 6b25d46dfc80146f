// warpgauge-compare: was a change slower? Reads results, decides, reports. The exit codes are a contract:
//   0 pass, 1 regression or failed case, 2 usage, 3 bad input, 4 cannot decide, 5 an output was not written.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <iostream>
#include <new>

#include "base/atomic_file.h"
#include "base/diagnostic.h"
#include "base/escape.h"
#include "compare/commands/options.h"

namespace warpgauge {
namespace {

constexpr const char* kName = "warpgauge-compare";
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

int complain(int code, std::string_view what) {
  std::cerr << kName << ": " << what << "\n";
  return code;
}

// A misspelt subcommand would be taken for a file. A file is there, or has a dot, a slash or a dash in its
// name; a flag begins with a dash.
bool looks_like_a_command(const std::string& word) {
  return word.find_first_of("./-") == std::string::npos && ::access(word.c_str(), F_OK) != 0;
}

// "BASE HEAD" is short for "gate BASE HEAD".
std::vector<std::string> arguments_of(int argc, char** argv, const CLI::App& app) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  const auto is_command = [&](const std::string& text) {
    const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
    return text == "--help" || text == "-h" || text == "--version" ||
           std::any_of(commands.begin(), commands.end(),
                       [&](const CLI::App* one) { return one->get_name() == text; });
  };
  if (!arguments.empty() && !is_command(arguments.front()) && looks_like_a_command(arguments.front()))
    throw UsageError("there is no subcommand or file '" + visible(arguments.front()) + "'; see " + kName +
                     " --help");
  if (!arguments.empty() && !is_command(arguments.front())) arguments.insert(arguments.begin(), "gate");
  std::reverse(arguments.begin(), arguments.end());  // as CLI::App::parse takes them
  return arguments;
}

int run(int argc, char** argv) {
  CLI::App app(
      "Was a change slower? Compares results of Google Benchmark binaries, and decides.\n"
      "BASE.json HEAD.json is short for gate BASE.json HEAD.json.",
      kName);
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string(kName) + " " + WARPGAUGE_VERSION);
  app.footer(
      "Exit: 0 pass, 1 regression or failed case, 2 usage, 3 bad input, 4 cannot decide, 5 output not "
      "written.");
  Run command;
  add_ab(app, command);
  add_gate(app, command);
  add_bless(app, command);
  add_fingerprint(app, command);
  add_trend(app, command);
  try {
    app.parse(arguments_of(argc, argv, app));
  } catch (const CLI::CallForVersion& version) {
    print(std::string(version.what()) + "\n");
    return 0;
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app.get_subcommands();
    print(chosen.empty() ? app.help() : chosen.front()->help());
    return 0;
  } catch (const CLI::ParseError& error) {
    throw UsageError(visible(error.what()) + "; see " + kName + " --help");
  }
  return command();
}

}  // namespace
}  // namespace warpgauge

int main(int argc, char** argv) {
  using namespace warpgauge;
  std::signal(SIGPIPE, SIG_IGN);  // a reader that is gone is a failed write, exit 5
  std::signal(SIGXFSZ, SIG_IGN);  // so is a file that may not grow
  hold_standard_descriptors();
  try {
    return run(argc, argv);
  } catch (const UsageError& error) {
    return complain(kUsage, error.what());
  } catch (const Diagnostic& error) {
    return complain(kBadInput, error.what());
  } catch (const OutputError& error) {
    return complain(kNoOutput, error.what());
  } catch (const std::bad_alloc&) {
    return complain(kBadInput, "out of memory; are the files too large for this machine?");
  } catch (const std::exception& error) {  // what nobody foresaw: it has an exit code all the same
    return complain(kBadInput,
                    std::string(error.what()) + "; this is a fault of the program, please report it");
  }
}
