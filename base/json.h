// Reads JSON (RFC 8259) forward, one value at a time, without building a tree: a result file of 41 MB
// holds 2.4 million values, of which a comparison needs a tenth. Stricter than the RFC where data would be
// lost: a key may stand once in its object; depth and count are capped. Wider in one point: bare NaN,
// Infinity and -Infinity are numbers, because Google Benchmark writes them. Numbers are checked here and
// converted only where someone needs their value.
//
//   json.begin_object();
//   while (auto key = json.next_key()) {
//     if (*key == "name") name = json.value().text;
//     else json.value();                          // every key's value must be taken
//   }
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace warpgauge {

enum class JsonType { object, array, string, number, boolean, null };
const char* json_type_name(JsonType type);  // "an object", "a string"...

struct JsonValue {
  JsonType type = JsonType::null;
  std::string_view text;  // of a string: its content, escapes resolved; else as it stands in the file
};

class JsonReader {
 public:
  static constexpr std::size_t kMaxDepth = 64;
  static constexpr std::size_t kMaxValues = 100'000'000;

  // `text` is UTF-8 and outlives the reader and all that it returns; views of strings with escapes live as
  // long as the reader. All members throw Diagnostic with the line and column of what is not valid.
  JsonReader(std::string_view text, std::string_view file, std::size_t max_values = kMaxValues)
      : text_(text), file_(file), max_values_(max_values) {}

  JsonType peek();  // what the next value is
  JsonValue value();
  void begin_object();
  void begin_array();
  std::optional<std::string_view> next_key();  // empty at the end of the object
  bool next_item();                            // false at the end of the array
  void finish();                               // nothing but blanks may follow

 private:
  static constexpr std::string_view kNotJson =
      "this is not JSON: was the file edited, or mixed with other output?";

  struct Level {
    std::size_t first_key = 0;  // in keys_
    bool empty = true;
  };

  void skip_blanks();
  void open(char bracket);
  bool next_member(char closing_bracket);
  void check_many_keys();
  std::string_view string();
  std::string_view unescaped(std::size_t begin, std::size_t end);
  std::uint32_t hex4(std::size_t& at);
  std::string_view number();
  std::string_view word(std::string_view expected);
  bool digits();
  [[noreturn]] void fail(std::size_t at, std::string_view what, std::string_view hint = kNotJson) const;
  [[noreturn]] void fail_here(std::string_view expected) const;

  std::string_view text_;
  std::string_view file_;
  std::size_t max_values_;
  std::size_t at_ = 0;
  std::size_t values_ = 0;
  std::vector<Level> levels_;
  std::vector<std::string_view> keys_;  // of all open objects
  std::deque<std::string> unescaped_;
};

// The number that `text` (a JsonValue of type number) stands for: NaN and infinities as such, what exceeds a
// double as an infinity, what is too small for one as 0.
double number_of(std::string_view text);

}  // namespace warpgauge
