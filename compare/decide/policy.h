// A policy file: the margins that a project sets for its cases. It names thresholds, never a command.
//
//   {"schema": "warpgauge/policy/1", "alpha": 0.01, "max_mde": "5%", "controls": ["^cudnn/"],
//    "defaults": {"fail_above": "1%", "improve_above": "1%", "same_within": "1.5%"},
//    "rules": [{"match": "/S:64/", "fail_above": "3%"}]}
//
// All keys but `schema` are optional. An unknown key is an error: a misspelt margin must not be ignored.
// Expressions are NameFilter's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compare/input/name_filter.h"
#include "compare/statistics/decision.h"

namespace warpgauge {

// The margins to change; the others keep their values.
struct MarginChanges {
  std::optional<double> fail_above, improve_above, same_within;
  void apply_to(Margins& margins) const;
};

struct PolicyRule {
  NameFilter match;
  MarginChanges margins;
};

struct Policy {
  std::optional<double> alpha;    // family-wise false-positive rate of a run
  std::optional<double> max_mde;  // with --strict, a run with a larger MDE is undecided
  Margins defaults;
  std::vector<PolicyRule> rules;
  MarginChanges overrides;           // from the command line; they win over every rule
  std::vector<NameFilter> controls;  // cases that the change cannot affect; for ab

  // For each margin: the override, else the last rule that matches `name` and sets it, else the default.
  [[nodiscard]] Margins margins_of(std::string_view name) const;
  [[nodiscard]] bool is_control(std::string_view name) const;
};

// Throw Diagnostic.
[[nodiscard]] Policy read_policy(const std::string& path);
[[nodiscard]] Policy parse_policy(std::string_view text, const std::string& file);

}  // namespace warpgauge
