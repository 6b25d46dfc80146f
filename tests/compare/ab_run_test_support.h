// For tests of `compare ab`: the program itself with a fake benchmark binary.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/child.h"
#include "base/scratch_directory.h"

namespace warpgauge {

inline std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

class AbRun : public testing::Test {
 protected:
  // A script that runs the fake binary with these flags.
  std::string binary(const std::string& name, const std::string& flags) {
    const std::string path = scratch_.path() + "/" + name;
    std::ofstream(path) << "#!/bin/sh\nexec " WARPGAUGE_FAKE_BENCH " " << flags << " \"$@\"\n";
    chmod(path.c_str(), 0755);
    return path;
  }

  int run(std::vector<std::string> arguments) {
    const std::atomic<bool> never{false};
    arguments.insert(arguments.begin() + 1, {"--json", path("report.json")});
    const ChildResult result =
        run_child({WARPGAUGE_COMPARE, arguments, {}, path("stdout"), path("stderr"), 120}, never);
    EXPECT_EQ(result.end, ChildResult::End::exited) << result.describe();
    return result.code;
  }
  int ab(const std::string& base_flags, const std::string& head_flags, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"ab", binary("base", base_flags), binary("head", head_flags),
                                       "--process-seconds", "0.1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }

  std::string path(const std::string& name) const { return scratch_.path() + "/" + name; }
  // As reports name it.
  std::string shown(const std::string& name) const {
    return scratch_.path().substr(scratch_.path().rfind('/') + 1) + "/" + name;
  }
  std::string errors() const { return text_of(path("stderr")); }
  nlohmann::json report() const { return nlohmann::json::parse(text_of(path("report.json"))); }
  int count(const std::string& verdict) const { return report()["counts"][verdict]; }
  std::string verdict_of(const std::string& name) const {
    const nlohmann::json comparison = report();
    for (const auto& cell : comparison["cells"])
      if (cell["name"] == name) return cell["verdict"];
    return "absent";
  }

  ScratchDirectory scratch_;
};

}  // namespace warpgauge
