#include "compare/input/json.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "compare/input/diagnostic.h"
#include "compare/input/text.h"

namespace warpgauge {
namespace {

// Up to here a new key is compared with each before it; larger objects are sorted when they close.
constexpr std::size_t kFewKeys = 32;

bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// What ends the run of plain characters in a string: the quote, an escape, a control byte.
constexpr std::array<bool, 256> kEndsPlainText = [] {
  std::array<bool, 256> ends{};
  for (std::size_t c = 0; c < 0x20; ++c) ends[c] = true;
  ends['"'] = ends['\\'] = true;
  return ends;
}();

void append_utf8(std::string& out, std::uint32_t code_point) {
  const auto byte = [&](std::uint32_t bits) { out.push_back(static_cast<char>(bits)); };
  if (code_point < 0x80) {
    byte(code_point);
  } else if (code_point < 0x800) {
    byte(0xc0 | code_point >> 6);
    byte(0x80 | (code_point & 0x3f));
  } else if (code_point < 0x10000) {
    byte(0xe0 | code_point >> 12);
    byte(0x80 | (code_point >> 6 & 0x3f));
    byte(0x80 | (code_point & 0x3f));
  } else {
    byte(0xf0 | code_point >> 18);
    byte(0x80 | (code_point >> 12 & 0x3f));
    byte(0x80 | (code_point >> 6 & 0x3f));
    byte(0x80 | (code_point & 0x3f));
  }
}

// For what people and tools put where JSON should stand.
std::string_view hint_for(std::string_view rest) {
  for (const char* marker : {"<<<<<<<", "=======", ">>>>>>>", "|||||||"}) {
    if (rest.starts_with(marker)) return "this is a merge conflict marker: resolve the conflict";
  }
  if (rest.starts_with("//") || rest.starts_with("/*") || rest.starts_with('#'))
    return "JSON has no comments";
  if (rest.starts_with("<!") || rest.starts_with("<?") || rest.starts_with("<html"))
    return "this is a web page";
  if (rest.starts_with("nan") || rest.starts_with("inf")) return "NaN and Infinity are known, spelt so";
  if (rest.starts_with('\'')) return "JSON's strings stand in double quotes";
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

void JsonReader::skip_blanks() {
  while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
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
  if (++values_ > max_values_) fail(at_, "more than " + std::to_string(max_values_) + " values");
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
  if (levels_.size() == kMaxDepth) fail(at_, "nested deeper than " + std::to_string(kMaxDepth) + " levels");
  ++at_;
  levels_.push_back({keys_.size(), true});
}

void JsonReader::begin_object() {
  open('{');
}
void JsonReader::begin_array() {
  open('[');
}

// Steps to the next member of the innermost object or array: past the comma, or past the closing bracket.
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
    check_many_keys();
    keys_.resize(levels_.back().first_key);
    levels_.pop_back();
    return std::nullopt;
  }
  if (at_ == text_.size() || text_[at_] != '"') fail_here("a key in double quotes");
  const std::size_t begin = at_;
  const std::string_view key = string();
  const std::size_t first_key = levels_.back().first_key;
  if (keys_.size() - first_key < kFewKeys &&
      std::find(keys_.begin() + static_cast<std::ptrdiff_t>(first_key), keys_.end(), key) != keys_.end()) {
    fail(begin, "key \"" + printable(key) + "\" stands twice in one object",
         "rename the counter, or remove one of them: which one is meant cannot be told");
  }
  keys_.push_back(key);
  skip_blanks();
  if (at_ == text_.size() || text_[at_] != ':') fail_here("':'");
  ++at_;
  return key;
}

// Of an object with many keys: sorted once, at its end.
void JsonReader::check_many_keys() {
  const auto first = keys_.begin() + static_cast<std::ptrdiff_t>(levels_.back().first_key);
  if (keys_.end() - first <= static_cast<std::ptrdiff_t>(kFewKeys)) return;
  std::sort(first, keys_.end());
  const auto twice = std::adjacent_find(first, keys_.end());
  if (twice != keys_.end()) {
    fail(at_ - 1, "key \"" + printable(*twice) + "\" stands twice in the object that ends here",
         "remove one of them");
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
    fail(at_, "a second document begins here", "give each as a file of its own");
  }
  fail_here("the end of the file");
}

std::string_view JsonReader::string() {
  const std::size_t begin = ++at_;
  bool escapes = false;
  for (;;) {
    while (at_ < text_.size() && !kEndsPlainText[static_cast<unsigned char>(text_[at_])]) ++at_;
    if (at_ == text_.size()) fail_here("the end of a string");
    if (text_[at_] == '"') break;
    if (text_[at_] != '\\') {
      fail(at_, "control byte " + printable(text_.substr(at_, 1)) + " in a string",
           "write it as an escape, \\u00NN");
    }
    escapes = true;
    at_ = std::min(at_ + 2, text_.size());
  }
  const std::size_t end = at_++;
  return escapes ? unescaped(begin, end) : text_.substr(begin, end - begin);
}

std::string_view JsonReader::unescaped(std::size_t begin, std::size_t end) {
  constexpr std::string_view kEscapes = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  std::string out;
  for (std::size_t at = begin; at < end;) {
    if (text_[at] != '\\') {
      out.push_back(text_[at++]);
      continue;
    }
    const std::size_t escape = at++;
    const char letter = text_[at++];
    if (const std::size_t known = kEscapes.find(letter); known != std::string_view::npos) {
      out.push_back(kMeanings[known]);
      continue;
    }
    if (letter != 'u') fail(escape, "unknown escape \\" + printable(text_.substr(at - 1, 1)));
    std::uint32_t code_point = hex4(at);
    if (code_point >= 0xd800 && code_point < 0xdc00 && text_.substr(at, 2) == "\\u") {
      const std::uint32_t low = hex4(at += 2);
      if (low < 0xdc00 || low > 0xdfff) fail(escape, "half of a surrogate pair");
      code_point = 0x10000 + ((code_point - 0xd800) << 10) + (low - 0xdc00);
    }
    if (code_point >= 0xd800 && code_point < 0xe000) fail(escape, "half of a surrogate pair");
    append_utf8(out, code_point);
  }
  return unescaped_.emplace_back(std::move(out));
}

std::uint32_t JsonReader::hex4(std::size_t& at) {
  std::uint32_t code = 0;
  const char* const begin = text_.data() + at;
  const std::size_t available = std::min<std::size_t>(4, text_.size() - at);
  if (std::from_chars(begin, begin + available, code, 16).ptr != begin + 4)
    fail(at, "\\u takes four hex digits");
  at += 4;
  return code;
}

bool JsonReader::digits() {
  const std::size_t begin = at_;
  while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
  return at_ != begin;
}

std::string_view JsonReader::number() {
  const std::size_t begin = at_;
  const auto next_is = [&](char c) { return at_ < text_.size() && text_[at_] == c; };
  if (next_is('-')) ++at_;
  if (next_is('N')) return word("NaN");
  if (next_is('I')) {
    word("Infinity");
    return text_.substr(begin, at_ - begin);
  }
  if (next_is('0')) {
    ++at_;
  } else if (!digits()) {
    fail_here("a digit");
  }
  if (next_is('.')) {
    ++at_;
    if (!digits()) fail_here("a digit");
  }
  if (next_is('e') || next_is('E')) {
    ++at_;
    if (next_is('+') || next_is('-')) ++at_;
    if (!digits()) fail_here("a digit");
  }
  return text_.substr(begin, at_ - begin);
}

std::string_view JsonReader::word(std::string_view expected) {
  if (text_.substr(at_, expected.size()) != expected) fail_here(expected);
  const std::string_view found = text_.substr(at_, expected.size());
  at_ += expected.size();
  return found;
}

void JsonReader::fail(std::size_t at, std::string_view what, std::string_view hint) const {
  const TextPosition position = position_of(text_, at);
  throw syntax_diagnostic(file_, position.line, position.column, what, hint);
}

void JsonReader::fail_here(std::string_view expected) const {
  const std::string what = "expected " + std::string(expected);
  if (at_ == text_.size()) {
    fail(at_, what + ", found the end of the file", "it is cut off: was the run killed, or the disk full?");
  }
  const std::string_view rest = text_.substr(at_);
  std::size_t shown = 0;  // a word, or one character
  while (shown < rest.size() && std::isalnum(static_cast<unsigned char>(rest[shown]))) ++shown;
  if (shown == 0) shown = std::max<std::size_t>(1, utf8_character_bytes(rest));
  fail(at_, what + ", found '" + printable(rest.substr(0, shown)) + "'", hint_for(rest));
}

double number_of(std::string_view text) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return kInfinity;
  if (text == "-Infinity") return -kInfinity;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  // from_chars does not tell too large from too small; strtod does.
  if (error == std::errc::result_out_of_range) return std::strtod(std::string(text).c_str(), nullptr);
  return number;
}

}  // namespace warpgauge
