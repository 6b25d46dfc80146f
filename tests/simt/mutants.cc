// simt_mutants: runs the checks on the mutants of mutants.cmake and hopper_mutants.cmake, and prints which
// check detects each (ci/mutants.sh).
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <regex>
#include <vector>

#include "tests/simt/mutant.h"

int main(int argc, char** argv) {
  using namespace warpgauge;
  CLI::App app(
      "Runs the fuzz's checks on kernels with one planted bug each, and prints which check detects each "
      "bug.\n\n"
      "Exit codes: 0 all bugs are detected, 1 a mutant survived, 2 usage error.");
  std::string filter = ".";
  std::uint64_t seed = 1;
  app.add_option("--filter", filter, "only mutants whose name matches this regular expression")
      ->type_name("REGEX");
  app.add_option("--seed", seed, "seed of the first problem; later problems use the following seeds")
      ->capture_default_str();
  std::vector<Mutant> wanted;
  try {
    app.parse(argc, argv);
    const std::regex expression(filter);
    for (const Mutant& mutant : all_mutants())
      if (std::regex_search(mutant.name, expression)) wanted.push_back(mutant);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::regex_error& error) {
    std::cerr << fmt::format("simt_mutants: --filter '{}': invalid regular expression: {}\n", filter,
                             error.what());
    return 2;
  }
  if (wanted.empty()) {
    std::cerr << fmt::format("simt_mutants: --filter '{}': no mutant matches\n", filter);
    return 2;
  }
  return report(wanted, seed, std::cout) > 0 ? 1 : 0;
}
