// Reads JSON (RFC 8259) forward, one value at a time, without building a tree: a result file of 41 MB has
// 2.4 million values, of which a comparison needs a tenth. It is stricter than the RFC if data would be lost:
// a key may occur once per object. It limits depth and number of values. It accepts bare NaN, Infinity and
// -Infinity as numbers, because Google Benchmark writes them. Numbers are checked here and converted on use.
//
//   json.begin_object();
//   while (auto key = json.next_key()) {
//     if (*key == "name") name = json.value().text;
//     else json.value();                          // the value of every key must be taken
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
[[nodiscard]] const char* json_type_name(JsonType type);  // "an object", "a string"...

struct JsonValue {
  JsonType type = JsonType::null;
  std::string_view text;  // a string's content with its escapes resolved; else as written in the file
};

class JsonReader {
 public:
  static constexpr std::size_t kMaxDepth = 64;
  static constexpr std::size_t kMaxValues = 100'000'000;

  // `text` is UTF-8, and outlives the reader and the values that it returns. Views of strings with escapes
  // live as long as the reader. Every function throws Diagnostic with line and column of a syntax error.
  JsonReader(std::string_view text, std::string_view file, std::size_t max_values = kMaxValues)
      : text_(text), file_(file), max_values_(max_values) {}

  [[nodiscard]] JsonType peek();  // of the next value
  JsonValue value();
  void begin_object();
  void begin_array();
  [[nodiscard]] std::optional<std::string_view> next_key();  // nothing at the end of the object
  [[nodiscard]] bool next_item();                            // false at the end of the array
  void finish();                                             // only blanks may follow

 private:
  static constexpr std::string_view kNotJson = "not JSON: was the file edited, or mixed with other output?";

  struct Level {
    std::size_t first_key = 0;  // in keys_
    bool empty = true;
    bool as_last = true;  // an object whose keys so far are those of last_keys_
  };

  void skip_blanks();
  void open(char bracket);
  bool next_member(char closing_bracket);
  void check_key(std::string_view key, std::size_t begin);
  void check_many_keys();
  void end_object();
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
  std::vector<std::string_view> keys_;                    // of all open objects
  std::vector<std::vector<std::string_view>> last_keys_;  // [depth]: of the last object there, unless many
  std::deque<std::string> unescaped_;
};

// The value of `text`, a JsonValue of type number. Too large for a double: infinity. Too small: 0.
[[nodiscard]] double number_of(std::string_view text);

}  // namespace warpgauge
