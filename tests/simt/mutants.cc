// simt_mutants: hunts the planted bugs of mutants.cmake and hopper_mutants.cmake and prints which check
// caught which; see ci/mutants.sh.
#include <CLI/CLI.hpp>
#include <iostream>
#include <regex>
#include <vector>

#include "tests/simt/mutant.h"

int main(int argc, char** argv) {
  using namespace warpgauge;
  CLI::App app(
      "Holds kernels with one planted bug each against the fuzz's checks, those of sm_90a against their "
      "reference. Exit: 0 all were caught, 1 one survived, 2 usage.");
  std::string filter = ".";
  std::uint64_t seed = 1;
  app.add_option("--filter", filter, "only mutants whose name matches this regular expression");
  app.add_option("--seed", seed, "of the first problem; the others follow")->capture_default_str();
  std::vector<Mutant> wanted;
  try {
    app.parse(argc, argv);
    const std::regex expression(filter);
    for (const Mutant& mutant : all_mutants())
      if (std::regex_search(mutant.name, expression)) wanted.push_back(mutant);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::regex_error& error) {
    std::cerr << "simt_mutants: --filter '" << filter << "': " << error.what() << "\n";
    return 2;
  }
  if (wanted.empty()) {
    std::cerr << "simt_mutants: no mutant's name matches '" << filter << "'\n";
    return 2;
  }
  return report(wanted, seed, std::cout) > 0 ? 1 : 0;
}
