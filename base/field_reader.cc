#include "base/field_reader.h"

#include <algorithm>
#include <cmath>

#include "base/fields.h"
#include "base/text.h"

namespace warpgauge {
namespace {

// "warpgauge/baseline" of "warpgauge/baseline/1".
std::string_view kind_of(std::string_view schema) {
  return schema.substr(0, schema.rfind('/'));
}

std::string describe(const NumberRange& range) {
  const std::string low = fmt::format("{} {}", range.low_is_in ? "of at least" : "above", range.low);
  if (range.high == NumberRange().high)
    return range.low == -range.high ? "a finite number" : "a finite number " + low;
  return fmt::format("a number {} and {} {}", low, range.high_is_in ? "at most" : "below", range.high);
}

bool contains(const NumberRange& range, double number) {
  return std::isfinite(number) && (range.low_is_in ? number >= range.low : number > range.low) &&
         (range.high_is_in ? number <= range.high : number < range.high);
}

}  // namespace

FieldReader::FieldReader(std::string_view bytes, std::string_view file, const Format& format)
    : file_(file), format_(format) {
  const std::string_view text = checked_text(bytes, file);
  JsonReader scan(text, file);
  FieldReader(scan, file, "", format).find_schema();
  json_ = &own_.emplace(text, file);
}

FieldReader::FieldReader(JsonReader& json, std::string_view file, std::string_view place,
                         const Format& format)
    : json_(&json), file_(file), base_(place), format_(format) {}

// Stops at the schema: it is the first key of the files that this project writes.
void FieldReader::find_schema() {
  expect(JsonType::object);
  json_->begin_object();
  while (const auto key = json_->next_key()) {
    if (*key != "schema") {
      json_->value();
      continue;
    }
    steps_.push_back({.key = *key});
    return read::schema(format_.schema)(*this);
  }
  fail_at("schema", "is missing", fmt::format("expected \"{}\": check the path", format_.schema));
}

void FieldReader::document(std::span<const Field> fields) {
  std::vector<Field> all{{"schema", read::schema(format_.schema)}};
  all.insert(all.end(), fields.begin(), fields.end());
  object(all);
  json_->finish();
}

void FieldReader::object(std::span<const Field> fields) {
  std::vector<bool> seen(fields.size());
  members([&](std::string_view key) {
    const auto field = std::ranges::find(fields, key, &Field::key);
    if (field == fields.end()) return take_unknown(fields);
    seen[static_cast<std::size_t>(field - fields.begin())] = true;
    field->read(*this);
  });
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (!seen[i] && fields[i].presence == Presence::required) fail_at(fields[i].key, "is missing");
}

void FieldReader::take_unknown(std::span<const Field> fields) {
  if (format_.unknown_keys == UnknownKeys::ignored) {
    json_->value();
    return;
  }
  std::string known;
  for (const Field& field : fields) known.append(known.empty() ? "" : ", ").append(field.key);
  fail_at("", "unknown key", "known keys here: " + known);
}

void FieldReader::expect(JsonType expected) {
  if (const JsonType found = json_->peek(); found != expected) fail(type_mismatch(found, expected));
}

JsonValue FieldReader::value(JsonType expected) {
  expect(expected);
  return json_->value();
}

bool FieldReader::take_null() {
  if (json_->peek() != JsonType::null) return false;
  json_->value();
  return true;
}

std::string FieldReader::place_of(std::string_view below) const {
  std::string place = base_;
  for (const Step& step : steps_) {
    place += step.key ? fmt::format("{}{}", place.empty() ? "" : ".", printable(*step.key))
                      : fmt::format("[{}]", step.index);
  }
  return place.append(place.empty() || below.empty() ? "" : ".").append(below);
}

void FieldReader::fail_at(std::string_view place, std::string_view what, std::string_view hint) const {
  throw meaning_diagnostic(file_, place_of(place), what, hint);
}

std::optional<std::string> schema_of(std::string_view text, std::string_view file) {
  JsonReader json(checked_text(text, file), file);
  if (json.peek() != JsonType::object) return std::nullopt;
  json.begin_object();
  while (const auto key = json.next_key()) {
    const JsonValue value = json.value();
    if (*key != "schema") continue;
    return value.type == JsonType::string ? std::optional(std::string(value.text)) : std::nullopt;
  }
  return std::nullopt;
}

namespace read {

ReadValue text(std::string& into) {
  return [&into](FieldReader& in) { into = in.value(JsonType::string).text; };
}

ReadValue text_or_null(std::string& into) {
  return [&into](FieldReader& in) {
    if (!in.take_null()) text(into)(in);
  };
}

ReadValue name(std::string& into) {
  return [&into](FieldReader& in) {
    into = in.value(JsonType::string).text;
    if (into.empty()) in.fail("is empty");
  };
}

ReadValue texts(std::vector<std::string>& into) {
  return list(into, [](FieldReader& in, std::string& item) { text(item)(in); });
}

ReadValue texts(std::map<std::string, std::string>& into) {
  return [&into](FieldReader& in) {
    in.members([&](std::string_view key) { text(into[std::string(key)])(in); });
  };
}

ReadValue scalars(std::map<std::string, std::string>& into) {
  return [&into](FieldReader& in) {
    in.members([&](std::string_view key) {
      const JsonType type = in.peek();
      if (type != JsonType::number && type != JsonType::boolean && type != JsonType::string)
        in.fail(type_mismatch(type, JsonType::string));
      into[std::string(key)] = in.value().text;
    });
  };
}

ReadValue boolean(bool& into) {
  return [&into](FieldReader& in) { into = in.value(JsonType::boolean).text == "true"; };
}

ReadValue number(double& into, NumberRange range) {
  return [&into, range](FieldReader& in) {
    const std::string_view text = in.value(JsonType::number).text;
    into = number_of(text);
    if (!contains(range, into))
      in.fail(fmt::format("expected {}, found {}", describe(range), printable(text)));
  };
}

ReadValue positive(double& into) {
  return [&into](FieldReader& in) {
    const std::string_view text = in.value(JsonType::number).text;
    into = number_of(text);
    if (!is_positive(into)) in.fail(why_not_positive(into, text));
  };
}

ReadValue word(std::string& into, std::vector<std::string_view> allowed) {
  return [&into, allowed = std::move(allowed)](FieldReader& in) {
    into = in.value(JsonType::string).text;
    if (std::ranges::find(allowed, into) != allowed.end()) return;
    std::string words;
    for (const std::string_view one : allowed)
      words += fmt::format("{}\"{}\"", words.empty() ? "" : ", ", one);
    in.fail(fmt::format("expected {}{}, found \"{}\"", allowed.size() > 1 ? "one of " : "", words,
                        printable(into)));
  };
}

ReadValue schema(std::string_view expected) {
  return [expected](FieldReader& in) {
    const std::string_view found = in.value(JsonType::string).text;
    if (found == expected) return;
    in.fail_at("", fmt::format("expected \"{}\", found \"{}\"", expected, printable(found)),
               kind_of(found) == kind_of(expected) ? "another version of warpgauge wrote this file"
                                                   : "this is another kind of file: check the path");
  };
}

}  // namespace read
}  // namespace warpgauge
