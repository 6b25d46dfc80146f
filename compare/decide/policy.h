// A policy file: what a project holds its cases to. It names thresholds, never a command.
//
//   {"schema": "warpgauge/policy/1", "alpha": 0.01, "max_mde": "5%", "controls": ["^cudnn/"],
//    "defaults": {"fail_above": "1%", "improve_above": "1%", "same_within": "1.5%"},
//    "rules": [{"match": "/S:64/", "fail_above": "3%"}]}
//
// Every key but `schema` may be left out; a key that is not known is an error. Expressions are NameFilter's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compare/input/name_filter.h"
#include "compare/statistics/decision.h"

namespace warpgauge {

// The margins that somebody sets; the others stay what they are.
struct MarginChanges {
  std::optional<double> fail_above, improve_above, same_within;
  void apply_to(Margins& margins) const;
};

struct PolicyRule {
  NameFilter match;
  MarginChanges margins;
};

struct Policy {
  std::optional<double> alpha;    // family-wise level of a red run
  std::optional<double> max_mde;  // with --strict: a larger smallest detectable change is "undecided"
  Margins defaults;
  std::vector<PolicyRule> rules;
  MarginChanges overrides;           // of the command line, above every rule
  std::vector<NameFilter> controls;  // cases that the change cannot touch; for ab

  // For each margin: the override, else the last rule that matches `name` and sets it, else the default.
  Margins margins_of(std::string_view name) const;
  bool is_control(std::string_view name) const;
};

// Throw Diagnostic.
Policy read_policy(const std::string& path);
Policy parse_policy(std::string_view text, const std::string& file);

}  // namespace warpgauge
