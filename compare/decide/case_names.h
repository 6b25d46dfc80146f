// The names by which the cases of two sides are matched: without settings of the measurement, unless two
// cases of one file would share that name; behind the name of the executable, if two executables of one side
// have the name: "sort_bench:BM_Sort/8".
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "compare/input/result_set.h"

namespace warpgauge {

class CaseNames {
 public:
  // The sides outlive this.
  CaseNames(const ResultSet& base, const ResultSet& head);

  // Of a case of either side. The views live as long as this.
  [[nodiscard]] std::string_view of(const Process& process, const Case& one);
  // The same without the executable.
  [[nodiscard]] std::string_view plain(const Case& one) const;

 private:
  using NameSet = std::unordered_set<std::string_view>;

  void find_ambiguous(const ResultSet& side);
  void find_shared(const ResultSet& side);
  void find_final(const ResultSet& side);

  NameSet ambiguous_;  // names without settings that stand for several cases of one file
  NameSet shared_;     // names that two executables of one side have
  NameSet final_;      // names of a stored baseline, and names that --rename gave
  bool has_executables_ = false;
  std::unordered_map<std::string_view, std::unordered_map<std::string_view, std::string>> qualified_;
};

}  // namespace warpgauge
