// A policy file: the margins that a project sets for its cases. It names thresholds, never a command.
//
//   {"schema": "warpgauge/policy/2", "alpha": 0.01, "max_mde": "5%", "controls": ["^cudnn/"],
//    "defaults": {"fail_above": "1%", "improve_above": "1%", "same_within": "1.5%"},
//    "metrics": [{"metric": "allocs_per_iter", "better": "lower", "exact": true, "fail_above": "0"},
//                {"metric": "real_time", "fail_above": {"relative": "2%", "absolute": "30ns"}}],
//    "rules": [{"match": "/S:64/", "metric": "real_time", "fail_above": "3%"}],
//    "allow_failed": ["^flaky/"]}
//
// All keys but `schema` are optional. An unknown key is an error: a misspelt margin must not be ignored.
// Expressions are NameFilter's. Version 1 is read, too: it has no `metrics`, no `metric` in a rule, and
// relative limits only.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compare/decide/limits.h"
#include "compare/input/name_filter.h"
#include "compare/input/result_set.h"
#include "compare/statistics/decision.h"

namespace warpgauge {

// The limits to change; the others keep their values.
struct MarginChanges {
  std::optional<double> fail_above, improve_above, same_within;
  std::optional<AbsoluteLimit> absolute = {};  // the other part of fail_above; set only with it
  void apply_to(Margins& margins) const;
  void apply_to(CaseLimits& limits,
                const Metric& metric) const;  // the absolute part, if it is of the metric's kind
};

struct PolicyRule {
  NameFilter match;
  MarginChanges margins;
  std::string metric = {};  // empty: every metric that is not exact
};

struct MetricPolicy {
  Metric metric;
  std::optional<bool> exact = {};  // empty: as the table of known counters or the results say
  MarginChanges limits = {};
};

struct Policy {
  std::optional<double> alpha;    // family-wise false-positive rate of a run
  std::optional<double> max_mde;  // with --strict, a run with a larger MDE is undecided
  Margins defaults;
  std::optional<AbsoluteLimit> default_absolute;
  std::vector<PolicyRule> rules;
  std::vector<MetricPolicy> metrics;
  MarginChanges overrides;           // from the command line; they win over every rule
  std::vector<NameFilter> controls;  // cases that the change cannot affect; for ab
  std::vector<std::string>
      allow_failed;  // expressions: cases that may fail in head; the flag adds to the file's

  // For each limit: the override, else the last rule that matches `name` and sets it, else that of the
  // metric, else the default. Exact metrics have limits of 0, unless the metric, a rule that names it or an
  // override sets others. Rules also match `plain_name`, the name without the executable.
  [[nodiscard]] CaseLimits limits_of(std::string_view name, std::string_view plain_name, const Metric& metric,
                                     bool exact) const;
  [[nodiscard]] CaseLimits limits_of(std::string_view name, const Metric& metric, bool exact) const {
    return limits_of(name, name, metric, exact);
  }
  // Of a case for which no rule sets others.
  [[nodiscard]] CaseLimits limits_of(const Metric& metric, bool exact) const;
  [[nodiscard]] const MetricPolicy* metric_policy(const Metric& metric) const;  // null: none
  // Of a metric that is not exact and has no absolute limit.
  [[nodiscard]] Margins margins_of(std::string_view name) const;
  [[nodiscard]] bool is_control(std::string_view name) const;
  [[nodiscard]] bool may_fail(std::string_view name, std::string_view plain_name) const;

 private:
  [[nodiscard]] CaseLimits metric_limits(const Metric& metric, bool exact) const;
};

// Whether the metric is declared exact: by the policy, else by the table of known counters (known_metrics.h)
// or by the producer of any of these results.
[[nodiscard]] bool is_exact(const Metric& metric, const Policy& policy,
                            std::initializer_list<const ResultSet*> sides);

// Throw Diagnostic.
[[nodiscard]] Policy read_policy(const std::string& path);
[[nodiscard]] Policy parse_policy(std::string_view text, const std::string& file);

}  // namespace warpgauge
