#include "compare/decide/policy.h"

#include <stdexcept>

#include "base/field_reader.h"
#include "base/text.h"
#include "compare/input/threshold.h"

namespace warpgauge {
namespace {

constexpr Format kPolicyFormat = {.schema = "warpgauge/policy/1",
                                  .unknown_keys = UnknownKeys::refused,
                                  .hint = "see compare/schemas/policy.schema.json for the format"};

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

std::vector<Field> margin_fields(MarginChanges& into) {
  return {{"fail_above", share(into.fail_above), Presence::optional},
          {"improve_above", below_one(into.improve_above), Presence::optional},
          {"same_within", above_zero(into.same_within), Presence::optional}};
}

NameFilter read_expression(FieldReader& in) {
  return parsed(in, in.value(JsonType::string).text, [](std::string_view text) { return NameFilter(text); });
}

PolicyRule read_rule(FieldReader& in) {
  std::optional<NameFilter> match;
  MarginChanges margins;
  std::vector<Field> fields = margin_fields(margins);
  fields.push_back({"match", [&](FieldReader& at) { match = read_expression(at); }, Presence::optional});
  in.object(fields);
  if (!match) in.fail_at("match", "is missing", "margins for all cases belong in `defaults`");
  return {*match, margins};
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
  Policy policy;
  MarginChanges defaults;
  FieldReader in(bytes, file, kPolicyFormat);
  in.document({{"alpha", share(policy.alpha, parse_level), Presence::optional},
               {"max_mde", share(policy.max_mde), Presence::optional},
               {"defaults", [&](FieldReader& at) { at.object(margin_fields(defaults)); }, Presence::optional},
               {"rules", each(policy.rules, read_rule), Presence::optional},
               {"controls", each(policy.controls, read_expression), Presence::optional}});
  defaults.apply_to(policy.defaults);
  return policy;
}

Policy read_policy(const std::string& path) {
  return parse_policy(read_file(path), path);
}

}  // namespace warpgauge
