// What was fully checked, so that later processes of the same program need not do it again: per case the hash
// of the output that passed, and how accurate it was. A later process launches once and compares hashes. One
// file per program, seed of the inputs and number of threads, in .warpgauge/checked/ of the working
// directory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "fuzz/check.h"

namespace warpgauge::bench {

struct CheckedCase {
  std::uint64_t output_hash = 0;
  Accuracy accuracy;
};

class CheckedStore {
 public:
  // Reads the file that fits. What is missing or damaged is as if it had never been checked.
  CheckedStore(std::filesystem::path directory, std::uint64_t program_hash, std::uint64_t seed, int threads);

  std::optional<CheckedCase> find(const std::string& case_name) const;
  void remember(const std::string& case_name, const CheckedCase& checked);

  // Writes what was remembered, atomically, and drops the files of programs that have not been used for a
  // month. Returns why it could not be written; empty when it was, or nothing was new.
  std::string save();

 private:
  std::filesystem::path file_;
  std::map<std::string, CheckedCase> cases_;
  bool changed_ = false;
};

// Hash of what decides on the bits of an output: the running program's file, which kernels are linked into,
// and `surroundings`, what they find on the machine: libraries, and the device.
std::uint64_t running_program_hash(std::string_view surroundings);

}  // namespace warpgauge::bench
