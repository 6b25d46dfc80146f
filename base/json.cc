#include "base/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cctype>
#include <cstring>

#include "base/diagnostic.h"
#include "base/text.h"

namespace warpgauge {
namespace {

// In objects with at most this many keys, a new key is compared with all before it. Larger objects are sorted
// at their end.
constexpr std::size_t kFewKeys = 32;

constexpr std::size_t kMostLastKeys = 256;  // of an object that the next one is compared with

bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

// For common text that is not JSON; empty for other text.
std::string_view hint_for(std::string_view rest) {
  for (const char* marker : {"<<<<<<<", "=======", ">>>>>>>", "|||||||"}) {
    if (rest.starts_with(marker)) return "a merge conflict marker: resolve the conflict";
  }
  if (rest.starts_with("//") || rest.starts_with("/*") || rest.starts_with('#'))
    return "JSON has no comments";
  if (rest.starts_with("<!") || rest.starts_with("<?") || rest.starts_with("<html"))
    return "a web page: download the file itself";
  if (rest.starts_with("nan") || rest.starts_with("inf"))
    return "an old version of Google Benchmark wrote it: run it with a newer one, or write NaN or Infinity";
  if (rest.starts_with('\'')) return "JSON strings are in double quotes";
  return "";
}

}  // namespace

const char* json_type_name(JsonType type) {
  switch (type) {
    case JsonType::object:
      return "an object";
    case JsonType::array:
      return "an array";
    case JsonType::string:
      return "a string";
    case JsonType::number:
      return "a number";
    case JsonType::boolean:
      return "true or false";
    case JsonType::null:
      return "null";
  }
  return "";
}

// Blanks are a fifth of a result file: indentation is skipped by eight spaces at a time.
void JsonReader::skip_blanks() {
  while (at_ < text_.size() && is_blank(text_[at_])) {
    ++at_;
    std::uint64_t eight_bytes;
    while (std::endian::native == std::endian::little && at_ + 8 <= text_.size()) {
      std::memcpy(&eight_bytes, text_.data() + at_, 8);
      const int spaces = std::countr_zero(eight_bytes ^ 0x2020202020202020U) / 8;
      at_ += static_cast<std::size_t>(spaces);
      if (spaces < 8) break;
    }
  }
}

JsonType JsonReader::peek() {
  skip_blanks();
  switch (at_ < text_.size() ? text_[at_] : '\0') {
    case '{':
      return JsonType::object;
    case '[':
      return JsonType::array;
    case '"':
      return JsonType::string;
    case 't':
    case 'f':
      return JsonType::boolean;
    case 'n':
      return JsonType::null;
    case '-':
    case 'N':
    case 'I':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
      return JsonType::number;
    default:
      fail_here("a value");
  }
}

JsonValue JsonReader::value() {
  const JsonType type = peek();
  const std::size_t begin = at_;
  if (++values_ > max_values_) {
    fail(at_, fmt::format("more than {} values", max_values_),
         "give the results of each process in its own file");
  }
  switch (type) {
    case JsonType::object:
      begin_object();
      while (next_key()) value();
      return {type, text_.substr(begin, at_ - begin)};
    case JsonType::array:
      begin_array();
      while (next_item()) value();
      return {type, text_.substr(begin, at_ - begin)};
    case JsonType::string:
      return {type, string()};
    case JsonType::number:
      return {type, number()};
    case JsonType::boolean:
      return {type, word(text_[at_] == 't' ? "true" : "false")};
    case JsonType::null:
      return {type, word("null")};
  }
  fail_here("a value");
}

void JsonReader::open(char bracket) {
  skip_blanks();
  if (at_ == text_.size() || text_[at_] != bracket) fail_here(bracket == '{' ? "an object" : "an array");
  if (levels_.size() == kMaxDepth) {
    fail(at_, fmt::format("nested deeper than {} levels", kMaxDepth), "check that this is the right file");
  }
  ++at_;
  levels_.push_back({keys_.size(), true});
}

void JsonReader::begin_object() {
  open('{');
}
void JsonReader::begin_array() {
  open('[');
}

// Goes to the next member of the innermost object or array, or past its closing bracket.
bool JsonReader::next_member(char closing_bracket) {
  skip_blanks();
  Level& level = levels_.back();
  if (at_ < text_.size() && text_[at_] == closing_bracket) {
    ++at_;
    return false;
  }
  if (!level.empty) {
    if (at_ == text_.size() || text_[at_] != ',') {
      fail_here(closing_bracket == '}' ? "',' or '}'" : "',' or ']'");
    }
    const std::size_t comma = at_++;
    skip_blanks();
    if (at_ < text_.size() && text_[at_] == closing_bracket)
      fail(comma, "a comma after the last member", "remove it");
  }
  level.empty = false;
  return true;
}

std::optional<std::string_view> JsonReader::next_key() {
  if (!next_member('}')) {
    end_object();
    return std::nullopt;
  }
  if (at_ == text_.size() || text_[at_] != '"') fail_here("a key in double quotes");
  const std::size_t begin = at_;
  const std::string_view key = string();
  check_key(key, begin);
  keys_.push_back(key);
  skip_blanks();
  if (at_ == text_.size() || text_[at_] != ':') fail_here("':'");
  ++at_;
  return key;
}

// Rows have the same keys in the same order. So the keys of the last object at this depth are known to
// differ.
void JsonReader::check_key(std::string_view key, std::size_t begin) {
  Level& level = levels_.back();
  const std::size_t place = keys_.size() - level.first_key;
  if (level.as_last) {
    if (last_keys_.size() < levels_.size()) last_keys_.resize(levels_.size());
    const std::vector<std::string_view>& last = last_keys_[levels_.size() - 1];
    level.as_last = place < last.size() && last[place] == key;
    if (level.as_last) return;
  }
  if (place >= kFewKeys) return;  // check_many_keys
  if (std::find(keys_.end() - static_cast<std::ptrdiff_t>(place), keys_.end(), key) == keys_.end()) return;
  fail(begin, fmt::format("key \"{}\" occurs twice in one object", printable(key)),
       "remove or rename one of them: either may be meant");
}

void JsonReader::end_object() {
  const Level level = levels_.back();
  const auto first = keys_.begin() + static_cast<std::ptrdiff_t>(level.first_key);
  if (!level.as_last) {
    std::vector<std::string_view>& last = last_keys_[levels_.size() - 1];
    last.clear();
    if (keys_.end() - first <= static_cast<std::ptrdiff_t>(kMostLastKeys)) last.assign(first, keys_.end());
    check_many_keys();
  }
  keys_.resize(level.first_key);
  levels_.pop_back();
}

// Of an object with many keys, at its end.
void JsonReader::check_many_keys() {
  const auto first = keys_.begin() + static_cast<std::ptrdiff_t>(levels_.back().first_key);
  if (keys_.end() - first <= static_cast<std::ptrdiff_t>(kFewKeys)) return;
  std::sort(first, keys_.end());
  const auto twice = std::adjacent_find(first, keys_.end());
  if (twice != keys_.end()) {
    fail(at_ - 1, fmt::format("key \"{}\" occurs twice in the object that ends here", printable(*twice)),
         "remove or rename one of them: either may be meant");
  }
}

bool JsonReader::next_item() {
  if (next_member(']')) return true;
  levels_.pop_back();
  return false;
}

void JsonReader::finish() {
  skip_blanks();
  if (at_ == text_.size()) return;
  if (text_[at_] == '{' || text_[at_] == '[') {
    fail(at_, "a second document begins here", "give each document in its own file");
  }
  fail_here("the end of the file");
}

void JsonReader::fail(std::size_t at, std::string_view what, std::string_view hint) const {
  const TextPosition position = position_of(text_, at);
  throw syntax_diagnostic(file_, position.line, position.column, what, hint);
}

void JsonReader::fail_here(std::string_view expected) const {
  if (at_ == text_.size())
    fail(at_, fmt::format("expected {}, found the end of the file", expected),
         "the file is cut off: was the run killed, or the disk full?");
  const std::string_view rest = text_.substr(at_);
  std::size_t shown = 0;  // a word, or one character
  while (shown < rest.size() && std::isalnum(static_cast<unsigned char>(rest[shown]))) ++shown;
  if (shown == 0) shown = std::max<std::size_t>(1, utf8_character_bytes(rest));
  const std::string_view hint = hint_for(rest);
  fail(at_, fmt::format("expected {}, found '{}'", expected, printable(rest.substr(0, shown))),
       hint.empty() ? kNotJson : hint);
}

}  // namespace warpgauge
