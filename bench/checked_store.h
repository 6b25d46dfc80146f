// Cases that passed the full check, kept across processes: the hash of the output that passed, and its
// accuracy. A later process of the same program launches a case once and compares the hashes. There is one
// file per program, seed and number of threads, in .warpgauge/checked/ of the working directory.
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
  // Reads the file if there is one. A damaged file counts as empty; see damage().
  CheckedStore(const std::filesystem::path& directory, std::uint64_t program_hash, std::uint64_t seed,
               int threads);

  // What is wrong with the file, with the place; empty if nothing is.
  [[nodiscard]] const std::string& damage() const { return damage_; }

  [[nodiscard]] std::optional<CheckedCase> find(const std::string& case_name) const;
  void add(const std::string& case_name, const CheckedCase& checked);

  // Writes the file if it changed, and removes files of programs that were not used for a month. Returns why
  // that failed; empty if it did not.
  [[nodiscard]] std::string save();

 private:
  std::filesystem::path file_;
  std::map<std::string, CheckedCase> cases_;
  std::string damage_;
  bool changed_ = false;
};

// Hash of what determines the bits of an output: the file of the running program, which contains the kernels,
// and `surroundings`: libraries and the device.
[[nodiscard]] std::uint64_t running_program_hash(std::string_view surroundings);

}  // namespace warpgauge::bench
