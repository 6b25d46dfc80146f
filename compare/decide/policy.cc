#include "compare/decide/policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "base/field_reader.h"
#include "base/text.h"
#include "compare/input/known_metrics.h"
#include "compare/input/metric.h"
#include "compare/input/threshold.h"

namespace warpgauge {
namespace {

constexpr std::string_view kSchema = "warpgauge/policy/2", kSchemaOne = "warpgauge/policy/1";

Format format_of(bool one) {
  return {.schema = one ? kSchemaOne : kSchema,
          .unknown_keys = UnknownKeys::refused,
          .hint = "see compare/schemas/policy.schema.json for the format"};
}

// What a parser of a flag's text throws becomes a Diagnostic.
template <class Parse>
auto parsed(const FieldReader& in, std::string_view text, Parse parse) {
  try {
    return parse(text);
  } catch (const std::invalid_argument& error) {
    in.fail_at("", error.what(), "");
  }
}

// "3%" or 0.03, as `parse` takes it.
ReadValue share(std::optional<double>& into, double (*parse)(std::string_view) = parse_threshold) {
  return [&into, parse](FieldReader& in) {
    const bool is_number = in.peek() == JsonType::number;
    into = parsed(in, in.value(is_number ? JsonType::number : JsonType::string).text, parse);
  };
}

ReadValue below_one(std::optional<double>& into) {
  return [&into](FieldReader& in) {
    share(into)(in);
    if (*into >= 1)
      in.fail_at("", "is 100 % or more: no improvement could reach it",
                 "a case that takes half of its time has improved by 50%");
  };
}

ReadValue above_zero(std::optional<double>& into) {
  return [&into](FieldReader& in) {
    share(into)(in);
    if (*into <= 0) in.fail_at("", "is 0: no case could be unchanged", "try 1.5%");
  };
}

// "30ns", or a number or text for a counter.
ReadValue absolute(std::optional<AbsoluteLimit>& into) {
  return [&into](FieldReader& in) {
    const bool is_number = in.peek() == JsonType::number;
    into = parsed(in, in.value(is_number ? JsonType::number : JsonType::string).text, parse_absolute_limit);
  };
}

// "3%", or {"relative": "2%", "absolute": "30ns"}, of which one may be missing.
ReadValue fail_limit(MarginChanges& into) {
  return [&into](FieldReader& in) {
    if (in.peek() != JsonType::object) return share(into.fail_above)(in);
    into.fail_above = 0;
    in.object({{"relative", share(into.fail_above), Presence::optional},
               {"absolute", absolute(into.absolute), Presence::optional}});
  };
}

std::vector<Field> margin_fields(MarginChanges& into, bool one) {
  return {{"fail_above", one ? share(into.fail_above) : fail_limit(into), Presence::optional},
          {"improve_above", below_one(into.improve_above), Presence::optional},
          {"same_within", above_zero(into.same_within), Presence::optional}};
}

MetricPolicy read_metric(FieldReader& in) {
  MetricPolicy policy;
  std::string name;
  std::optional<Better> better;
  bool exact = false, has_exact = false;
  std::vector<Field> fields = margin_fields(policy.limits, false);
  fields.push_back({"metric", read::name(name)});
  fields.push_back(
      {"better",
       [&](FieldReader& at) {
         read::one_of<Better>(better.emplace(), {{"lower", Better::lower}, {"higher", Better::higher}})(at);
       },
       Presence::optional});
  fields.push_back({"exact",
                    [&](FieldReader& at) {
                      read::boolean(exact)(at);
                      has_exact = true;
                    },
                    Presence::optional});
  in.object(fields);
  policy.metric = parsed(in, name, [&](std::string_view text) { return make_metric(text, better); });
  if (has_exact) policy.exact = exact;
  if (exact && is_time(policy.metric)) in.fail_at("exact", "a time is never exact", "omit it");
  if (policy.limits.absolute)
    parsed(in, name, [&](std::string_view) { return check_unit(*policy.limits.absolute, policy.metric); });
  return policy;
}

NameFilter read_expression(FieldReader& in) {
  return parsed(in, in.value(JsonType::string).text, [](std::string_view text) { return NameFilter(text); });
}

PolicyRule read_rule_of(FieldReader& in, bool one) {
  std::optional<NameFilter> match;
  MarginChanges margins;
  std::string metric;
  std::vector<Field> fields = margin_fields(margins, one);
  fields.push_back({"match", [&](FieldReader& at) { match = read_expression(at); }, Presence::optional});
  if (!one) fields.push_back({"metric", read::name(metric), Presence::optional});
  in.object(fields);
  if (!match) in.fail_at("match", "is missing", "margins for all cases belong in `defaults`");
  return {*match, margins, metric};
}
PolicyRule read_rule(FieldReader& in) {
  return read_rule_of(in, false);
}
PolicyRule read_rule_one(FieldReader& in) {
  return read_rule_of(in, true);
}

// A name that is misspelt must not be ignored.
void check_metrics(const FieldReader& in, const Policy& policy) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < policy.metrics.size(); ++i)
    if (!names.insert(policy.metrics[i].metric.name).second)
      in.fail_at(fmt::format("metrics[{}].metric", i), "an earlier metric has the same name");
  for (std::size_t i = 0; i < policy.rules.size(); ++i) {
    const std::string& name = policy.rules[i].metric;
    if (!name.empty() && !policy.metrics.empty() && !names.contains(name))
      in.fail_at(fmt::format("rules[{}].metric", i),
                 fmt::format("\"{}\" is not one of the metrics", printable(name)));
  }
}

std::string read_expression_text(FieldReader& in) {
  const std::string text(in.value(JsonType::string).text);
  parsed(in, text, [](std::string_view one) { return NameFilter(one); });
  return text;
}

// An array of what `element(in)` reads.
template <class Item>
ReadValue each(std::vector<Item>& into, Item (*element)(FieldReader&)) {
  return [&into, element](FieldReader& in) { in.elements([&] { into.push_back(element(in)); }); };
}

}  // namespace

void MarginChanges::apply_to(Margins& margins) const {
  margins.fail_above = fail_above.value_or(margins.fail_above);
  margins.improve_above = improve_above.value_or(margins.improve_above);
  margins.same_within = same_within.value_or(margins.same_within);
}

void MarginChanges::apply_to(CaseLimits& limits, const Metric& metric) const {
  apply_to(limits.margins);
  if (!fail_above) return;
  limits.absolute = absolute && absolute->is_time == is_time(metric) ? absolute : std::nullopt;
}

const MetricPolicy* Policy::metric_policy(const Metric& metric) const {
  const auto found =
      std::ranges::find_if(metrics, [&](const MetricPolicy& one) { return one.metric.name == metric.name; });
  return found == metrics.end() ? nullptr : &*found;
}

CaseLimits Policy::metric_limits(const Metric& metric, bool exact) const {
  CaseLimits limits{exact ? Margins{0, 0, 0} : defaults, {}};
  if (!exact && default_absolute)
    MarginChanges{defaults.fail_above, {}, {}, default_absolute}.apply_to(limits, metric);
  if (const MetricPolicy* const own = metric_policy(metric)) own->limits.apply_to(limits, metric);
  return limits;
}

CaseLimits Policy::limits_of(const Metric& metric, bool exact) const {
  CaseLimits limits = metric_limits(metric, exact);
  overrides.apply_to(limits, metric);
  return limits;
}

CaseLimits Policy::limits_of(std::string_view name, std::string_view plain_name, const Metric& metric,
                             bool exact) const {
  CaseLimits limits = metric_limits(metric, exact);
  for (const PolicyRule& rule : rules) {
    const bool applies = rule.metric.empty() ? !exact : rule.metric == metric.name;
    if (applies && rule.match.keeps(name, plain_name)) rule.margins.apply_to(limits, metric);
  }
  overrides.apply_to(limits, metric);
  return limits;
}

Margins Policy::margins_of(std::string_view name) const {
  return limits_of(name, name, {}, false).margins;
}

bool Policy::is_control(std::string_view name) const {
  for (const NameFilter& control : controls) {
    if (control.keeps(name)) return true;
  }
  return false;
}

bool is_exact(const Metric& metric, const Policy& policy, std::initializer_list<const ResultSet*> sides) {
  const MetricPolicy* const own = policy.metric_policy(metric);
  if (own && own->exact) return *own->exact;
  if (is_time(metric)) return false;
  return known_metric(metric.name).exact || std::ranges::any_of(sides, [&](const ResultSet* side) {
           return std::ranges::any_of(side->processes, [&](const Process& process) {
             return process.context.exact_counters.contains(metric.name);
           });
         });
}

bool Policy::may_fail(std::string_view name, std::string_view plain_name) const {
  return std::ranges::any_of(allow_failed, [&](const std::string& expression) {
    return NameFilter(expression).keeps(name, plain_name);
  });
}

Policy parse_policy(std::string_view bytes, const std::string& file) {
  Policy policy;
  MarginChanges defaults;
  const bool one = schema_of(bytes, file) == kSchemaOne;
  FieldReader in(bytes, file, format_of(one));
  std::vector<Field> fields = {
      {"alpha", share(policy.alpha, parse_level), Presence::optional},
      {"max_mde", share(policy.max_mde), Presence::optional},
      {"defaults", [&](FieldReader& at) { at.object(margin_fields(defaults, one)); }, Presence::optional},
      {"rules", each(policy.rules, one ? read_rule_one : read_rule), Presence::optional},
      {"controls", each(policy.controls, read_expression), Presence::optional},
      {"allow_failed", each(policy.allow_failed, read_expression_text), Presence::optional}};
  if (!one) fields.push_back({"metrics", each(policy.metrics, read_metric), Presence::optional});
  in.document(fields);
  check_metrics(in, policy);
  defaults.apply_to(policy.defaults);
  policy.default_absolute = defaults.absolute;
  return policy;
}

Policy read_policy(const std::string& path) {
  return parse_policy(read_file(path), path);
}

}  // namespace warpgauge
