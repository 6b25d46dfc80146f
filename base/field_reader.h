// Reads a JSON document by a declaration of its fields: one entry per key, with the type and the range of its
// value. Every format of ours is read with it. What a declaration does not allow is a Diagnostic with the
// file, the place and a hint:
//   FILE: rounds[3].processes: expected a whole number from 1 to 9007199254740992, found 1e300; HINT
//
//   void read_round(FieldReader& in, Round& round) {
//     in.object({{"date", read::text(round.date)},
//                {"processes", read::whole(round.processes, std::int64_t{1}, kMostExact)},
//                {"samples", read::whole(round.samples, std::int64_t{1}, kMostExact), Presence::optional}});
//   }
//   FieldReader in(bytes, file, kFormat);
//   in.document({{"rounds", read::list(rounds, read_round)}});  // "schema" is checked by the reader
#pragma once

#include <fmt/format.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/diagnostic.h"
#include "base/json.h"

namespace warpgauge {

// The largest count that every JSON reader keeps exact: many hold numbers as doubles.
inline constexpr std::int64_t kMostExact = std::int64_t{1} << 53;

class FieldReader;
using ReadValue = std::function<void(FieldReader&)>;  // takes exactly one value

enum class Presence { required, optional };
struct Field {
  std::string_view key;
  ReadValue read;
  Presence presence = Presence::required;
};

enum class UnknownKeys { refused, ignored };

// What the documents of one format share.
struct Format {
  std::string_view schema;  // the value of the key "schema": "warpgauge/baseline/1"
  UnknownKeys unknown_keys = UnknownKeys::refused;
  std::string_view hint;  // what to do about a file that does not follow the format
};

// A range of finite numbers.
struct NumberRange {
  double low = 0, high = std::numeric_limits<double>::max();
  bool low_is_in = true, high_is_in = true;
};

class FieldReader {
 public:
  // A document. `bytes` outlive the reader. Throws Diagnostic if they are not text.
  FieldReader(std::string_view bytes, std::string_view file, const Format& format);
  // The next value of `json`, which stands at `place` of its document.
  FieldReader(JsonReader& json, std::string_view file, std::string_view place, const Format& format);
  FieldReader(const FieldReader&) = delete;
  FieldReader& operator=(const FieldReader&) = delete;

  // The whole document: an object with these fields, and the format's schema. If the schema differs, that is
  // reported before any other fault of meaning.
  void document(std::span<const Field> fields);
  void document(std::initializer_list<Field> fields) { document(std::span(fields.begin(), fields.size())); }
  void object(std::span<const Field> fields);
  void object(std::initializer_list<Field> fields) { object(std::span(fields.begin(), fields.size())); }

  // Calls each(key) per member of an object, or each() per element of an array. Each call takes the value.
  template <class Each>
  void members(Each each);
  template <class Each>
  void elements(Each each);

  // Calls read(reader) for `text`, the value that was just taken, with a reader at its place.
  template <class Read>
  void again(std::string_view text, Read read) const;

  JsonType peek() { return json_->peek(); }
  JsonValue value() { return json_->value(); }
  JsonValue value(JsonType expected);
  bool take_null();  // whether the next value is null, which is then taken

  // `place` is relative to the value that is being read: "statistic", "cases[0] NAME.numbers".
  [[noreturn]] void fail(std::string_view what) const { fail_at("", what); }
  [[noreturn]] void fail_at(std::string_view place, std::string_view what) const {
    fail_at(place, what, format_.hint);
  }
  [[noreturn]] void fail_at(std::string_view place, std::string_view what, std::string_view hint) const;

 private:
  struct Step {
    std::optional<std::string_view> key;  // else the element at `index`
    std::size_t index = 0;
  };

  void find_schema();
  void take_unknown(std::span<const Field> fields);
  void expect(JsonType expected);
  std::string place_of(std::string_view below) const;

  std::optional<JsonReader> own_;
  JsonReader* json_ = nullptr;
  std::string_view file_;
  std::string base_;
  Format format_;
  std::vector<Step> steps_;
};

template <class Each>
void FieldReader::members(Each each) {
  expect(JsonType::object);
  json_->begin_object();
  while (const auto key = json_->next_key()) {
    steps_.push_back({.key = *key});
    each(*key);
    steps_.pop_back();
  }
}

template <class Each>
void FieldReader::elements(Each each) {
  expect(JsonType::array);
  json_->begin_array();
  for (std::size_t index = 0; json_->next_item(); ++index) {
    steps_.push_back({.key = {}, .index = index});
    each();
    steps_.pop_back();
  }
}

template <class Read>
void FieldReader::again(std::string_view text, Read read) const {
  JsonReader json(text, file_);
  FieldReader reader(json, file_, place_of(""), format_);
  read(reader);
}

// The text of the top-level key "schema"; nothing if the document has none. Throws Diagnostic on a syntax
// error before that key.
[[nodiscard]] std::optional<std::string> schema_of(std::string_view text, std::string_view file);

// How a value is read into a variable, which outlives the declaration.
namespace read {

[[nodiscard]] ReadValue text(std::string& into);
[[nodiscard]] ReadValue name(std::string& into);          // text that is not empty
[[nodiscard]] ReadValue text_or_null(std::string& into);  // null leaves `into` as it is
[[nodiscard]] ReadValue texts(std::vector<std::string>& into);
[[nodiscard]] ReadValue texts(std::map<std::string, std::string>& into);
// An object of strings, numbers and booleans, each as it is written.
[[nodiscard]] ReadValue scalars(std::map<std::string, std::string>& into);
[[nodiscard]] ReadValue boolean(bool& into);
[[nodiscard]] ReadValue number(double& into, NumberRange range);
// Can be a factor of a ratio: finite, above 0, and not too small for its reciprocal.
[[nodiscard]] ReadValue positive(double& into);
[[nodiscard]] ReadValue word(std::string& into, std::vector<std::string_view> allowed);
// Of a part with a schema of its own; document() has it already.
[[nodiscard]] ReadValue schema(std::string_view expected);

// Digits only, so that no conversion can change the value: 3, not 3.0 or 3e0.
template <class Whole>
[[nodiscard]] ReadValue whole(Whole& into, Whole low, Whole high) {
  return [&into, low, high](FieldReader& in) {
    const std::string_view text = in.value(JsonType::number).text;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, into);
    if (error != std::errc() || stop != end || into < low || into > high)
      in.fail(fmt::format("expected a whole number from {} to {}, found {}", low, high, printable(text)));
  };
}

// A word that stands for a value.
template <class Choice>
[[nodiscard]] ReadValue one_of(Choice& into, std::vector<std::pair<std::string_view, Choice>> choices) {
  return [&into, choices = std::move(choices)](FieldReader& in) {
    std::vector<std::string_view> words;
    for (const auto& [word, choice] : choices) words.push_back(word);
    std::string found;
    word(found, words)(in);
    for (const auto& [word, choice] : choices)
      if (word == found) into = choice;
  };
}

// null, or what `value(into)` reads.
template <class Value, class Read>
[[nodiscard]] ReadValue nullable(std::optional<Value>& into, Read value) {
  return [&into, value](FieldReader& in) {
    into.reset();
    if (!in.take_null()) value(into.emplace())(in);
  };
}

// An array of at most `most` elements. `element(in, item)` takes one value.
template <class Item, class Element>
[[nodiscard]] ReadValue list(std::vector<Item>& into, Element element,
                             std::size_t most = std::numeric_limits<std::size_t>::max()) {
  return [&into, element, most](FieldReader& in) {
    in.elements([&] {
      if (into.size() == most) in.fail(fmt::format("more than {} elements", most));
      element(in, into.emplace_back());
    });
  };
}

}  // namespace read
}  // namespace warpgauge
