// Cases of formats that may hold several results of one name: a Catch2 benchmark beside sections runs once
// per section, and any program may run one benchmark twice. They are repetitions of one case.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "compare/input/result_set.h"

namespace warpgauge {

class RepeatedCases {
 public:
  explicit RepeatedCases(Process& process) : process_(process) {}

  // The case of that name, which is added if it is new.
  [[nodiscard]] Case& called(const std::string& name);
  // Warns of cases with several aggregates, because benchmarks with one name may measure different things.
  void warn();

 private:
  Process& process_;
  std::unordered_map<std::string, std::size_t> places_;
};

// The whole text as a number, which may be infinite or NaN.
[[nodiscard]] std::optional<double> decimal_number_of(std::string_view text);

}  // namespace warpgauge
