// Runs the bench programs as a user would, and reads what they print and write.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace warpgauge {

struct Finished {
  int exit_code;
  std::string out, err;
};

// Each test runs in a folder of its own, which also holds its .warpgauge/.
class Program : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    std::string name = "warpgauge_" + std::string(test->name()) + std::to_string(::getpid());
    std::replace(name.begin(), name.end(), '/', '_');  // in front of a parameter
    directory_ = std::filesystem::temp_directory_path() / name;
    std::filesystem::create_directory(directory_);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string read(const std::string& name) const {
    std::ifstream file(directory_ / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  Finished run_command(const std::string& command) {
    const std::string in_folder = "cd '" + directory_.string() + "' && " + command + " >stdout 2>stderr";
    const int status = std::system(in_folder.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read("stdout"), read("stderr")};
  }

  Finished run(const std::string& program, const std::string& arguments,
               const std::string& environment = "") {
    return run_command(environment + " '" + program + "' " + arguments);
  }

  nlohmann::json result() const { return nlohmann::json::parse(read("r.json")); }

  std::vector<nlohmann::json> rows_of(const std::string& kernel) const {
    std::vector<nlohmann::json> rows;
    const nlohmann::json written = result();
    for (const nlohmann::json& row : written["benchmarks"])
      if (row["name"].get<std::string>().starts_with("cpu/" + kernel + "/")) rows.push_back(row);
    return rows;
  }

  static constexpr char kQuick[] =
      "--matrix smoke --process-seconds 0.05 --benchmark_repetitions=2 --benchmark_out=r.json ";
  // One small problem: the kernels of the tests are slow.
  static constexpr char kOneCase[] =
      "--matrix smoke --axis S=64 --axis H=2 --axis Hkv=2 --axis B=1 --axis Sk=64 --axis causal=0 --threads "
      "1 "
      "--process-seconds 0.05 --benchmark_repetitions=3 --benchmark_out=r.json ";

  std::filesystem::path directory_;
};

}  // namespace warpgauge
