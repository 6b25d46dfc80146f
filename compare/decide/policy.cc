#include "compare/decide/policy.h"

#include <stdexcept>

#include "base/diagnostic.h"
#include "base/fields.h"
#include "base/json.h"
#include "base/text.h"
#include "compare/input/threshold.h"

namespace warpgauge {
namespace {

constexpr std::string_view kSchema = "warpgauge/policy/1";

class PolicyReader {
 public:
  PolicyReader(std::string_view text, const std::string& file) : json_(text, file), file_(file) {}
  Policy read();

 private:
  MarginChanges read_defaults();
  PolicyRule read_rule(const std::string& place);
  bool take_margin(std::string_view key, const std::string& place, MarginChanges& into);
  double share(const std::string& place, double (*parse)(std::string_view) = parse_threshold);
  NameFilter expression(const JsonValue& value, const std::string& place);
  Diagnostic unknown_key(const std::string& place, const char* known) {
    return meaning_diagnostic(file_, place, "unknown key", std::string("known are ") + known);
  }

  JsonReader json_;
  const std::string& file_;
};

Policy PolicyReader::read() {
  Policy policy;
  bool has_schema = false;
  expect_type(json_.peek(), JsonType::object, file_, "");
  json_.begin_object();
  while (const auto key = json_.next_key()) {
    const std::string place = printable(*key);
    if (*key == "schema") {
      has_schema = true;
      const JsonValue schema = json_.value();
      if (string_field(schema, file_, place) != kSchema) {
        throw meaning_diagnostic(file_, place,
                                 "\"" + printable(schema.text) + "\" is not " + std::string(kSchema),
                                 "is this a policy file?");
      }
    } else if (*key == "alpha") {
      policy.alpha = share(place, parse_level);
    } else if (*key == "max_mde") {
      policy.max_mde = share(place);
    } else if (*key == "defaults") {
      read_defaults().apply_to(policy.defaults);
    } else if (*key == "rules") {
      expect_type(json_.peek(), JsonType::array, file_, place);
      json_.begin_array();
      while (json_.next_item()) {
        policy.rules.push_back(read_rule("rules[" + std::to_string(policy.rules.size()) + "]"));
      }
    } else if (*key == "controls") {
      expect_type(json_.peek(), JsonType::array, file_, place);
      json_.begin_array();
      while (json_.next_item()) {
        policy.controls.push_back(
            expression(json_.value(), "controls[" + std::to_string(policy.controls.size()) + "]"));
      }
    } else {
      throw unknown_key(place, "schema, alpha, max_mde, defaults, rules, controls");
    }
  }
  json_.finish();
  if (!has_schema)
    throw meaning_diagnostic(file_, "schema", "is missing", "expected " + std::string(kSchema));
  return policy;
}

MarginChanges PolicyReader::read_defaults() {
  MarginChanges margins;
  expect_type(json_.peek(), JsonType::object, file_, "defaults");
  json_.begin_object();
  while (const auto key = json_.next_key()) {
    const std::string place = "defaults." + printable(*key);
    if (!take_margin(*key, place, margins))
      throw unknown_key(place, "fail_above, improve_above, same_within");
  }
  return margins;
}

PolicyRule PolicyReader::read_rule(const std::string& place) {
  expect_type(json_.peek(), JsonType::object, file_, place);
  std::optional<NameFilter> match;
  MarginChanges margins;
  json_.begin_object();
  while (const auto key = json_.next_key()) {
    const std::string key_place = place + '.' + printable(*key);
    if (*key == "match") {
      match = expression(json_.value(), key_place);
    } else if (!take_margin(*key, key_place, margins)) {
      throw unknown_key(key_place, "match, fail_above, improve_above, same_within");
    }
  }
  if (!match) {
    throw meaning_diagnostic(file_, place + ".match", "is missing",
                             "what holds for all cases belongs into `defaults`");
  }
  return {*match, margins};
}

// Takes the value of `key` where that is a margin, within what check_margins() takes.
bool PolicyReader::take_margin(std::string_view key, const std::string& place, MarginChanges& into) {
  if (key == "fail_above") {
    into.fail_above = share(place);
  } else if (key == "improve_above") {
    into.improve_above = share(place);
    if (*into.improve_above >= 1)
      throw meaning_diagnostic(file_, place, "is 100 % or more: nothing could ever be an improvement",
                               "a case that takes half of its time has improved by 50%");
  } else if (key == "same_within") {
    into.same_within = share(place);
    if (*into.same_within <= 0)
      throw meaning_diagnostic(file_, place, "is 0: nothing could ever be unchanged", "try 1.5%");
  } else {
    return false;
  }
  return true;
}

// A share: "3%" or 0.03, within what `parse` takes.
double PolicyReader::share(const std::string& place, double (*parse)(std::string_view)) {
  const JsonValue value = json_.value();
  if (value.type != JsonType::number) string_field(value, file_, place);
  try {
    return parse(value.text);
  } catch (const std::invalid_argument& error) {
    throw meaning_diagnostic(file_, place, error.what(), "");
  }
}

NameFilter PolicyReader::expression(const JsonValue& value, const std::string& place) {
  try {
    return NameFilter(string_field(value, file_, place));
  } catch (const std::invalid_argument& error) {
    throw meaning_diagnostic(file_, place, error.what(), "");
  }
}

}  // namespace

void MarginChanges::apply_to(Margins& margins) const {
  margins.fail_above = fail_above.value_or(margins.fail_above);
  margins.improve_above = improve_above.value_or(margins.improve_above);
  margins.same_within = same_within.value_or(margins.same_within);
}

Margins Policy::margins_of(std::string_view name) const {
  Margins margins = defaults;
  for (const PolicyRule& rule : rules) {
    if (rule.match.keeps(name)) rule.margins.apply_to(margins);
  }
  overrides.apply_to(margins);
  return margins;
}

bool Policy::is_control(std::string_view name) const {
  for (const NameFilter& control : controls) {
    if (control.keeps(name)) return true;
  }
  return false;
}

Policy parse_policy(std::string_view bytes, const std::string& file) {
  return PolicyReader(checked_text(bytes, file), file).read();
}

Policy read_policy(const std::string& path) {
  return parse_policy(read_file(path), path);
}

}  // namespace warpgauge
