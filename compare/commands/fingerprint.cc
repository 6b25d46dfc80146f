// compare fingerprint: the name of the folder that results belong into, for scripts.
#include <memory>

#include "compare/baseline/folder_name.h"
#include "compare/commands/options.h"

namespace warpgauge {

void add_fingerprint(CLI::App& app, Run& run) {
  CLI::App& fingerprint =
      *app.add_subcommand("fingerprint", "Prints the name of the hardware that results come from");
  const auto file = std::make_shared<std::string>();
  fingerprint.add_option("file", *file, "results")->type_name("FILE")->required();
  fingerprint.callback([file, &run] {
    run = [file] {
      const ResultSet results = read_side({*file}, {});
      print(baseline_key({}, results).fingerprint + "\n");
      return 0;
    };
  });
}

}  // namespace warpgauge
