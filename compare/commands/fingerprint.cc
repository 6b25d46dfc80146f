// compare fingerprint: the name of the directory that results belong to, for scripts.
#include <memory>

#include "base/console.h"
#include "compare/commands/baseline_flags.h"
#include "compare/commands/command.h"
#include "compare/commands/reports.h"
#include "compare/input/reader.h"

namespace warpgauge {

Command fingerprint_command() {
  const auto file = std::make_shared<std::string>();
  Command fingerprint{
      .name = "fingerprint",
      .summary = "Prints the name of the hardware that results come from",
      .description =
          "Prints the name of the hardware that a result file comes from. It is the name of the "
          "baseline's directory: baselines/FINGERPRINT/MATRIX.json.",
      .examples = {"fingerprint results.json"},
      .exit_codes = "0 printed; 2 usage; 3 the file is not valid; 5 stdout cannot be written",
      .flags = {},
      .run = [file](const std::string&) {
        const ResultSet results = read_results({*file}, {});
        print(baseline_key({}, results).fingerprint + "\n");
        return 0;
      }};
  fingerprint.flags.add_heading("Arguments");
  fingerprint.flags.add({.name = "FILE",
                         .value = "FILE",
                         .help = "Result file of `bench`",
                         .take = text_into(*file),
                         .required = true});
  return fingerprint;
}

}  // namespace warpgauge
