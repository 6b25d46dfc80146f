// The part of JsonReader that reads strings, numbers and words.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "base/diagnostic.h"
#include "base/json.h"

namespace warpgauge {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr const char* kNotEscaped =
    "an old version of Google Benchmark does not escape backslashes (of Windows' paths): run it with a newer "
    "one, or write \\\\";

// The bytes that end a run of plain characters in a string: quote, escape, control bytes.
constexpr std::array<bool, 256> kEndsPlainText = [] {
  std::array<bool, 256> ends{};
  for (std::size_t c = 0; c < 0x20; ++c) ends[c] = true;
  ends['"'] = ends['\\'] = true;
  return ends;
}();

// The number of bytes of `text`, from `at`, before one that ends plain text. Eight at a time: a byte of
// (x - ones) & ~x & highs is set where a byte of x is 0, and the lowest one is exact.
std::size_t plain_bytes(std::string_view text, std::size_t at) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U, kHighs = 0x8080808080808080U;
  const std::size_t begin = at;
  while (std::endian::native == std::endian::little && at + 8 <= text.size()) {
    std::uint64_t x;
    std::memcpy(&x, text.data() + at, 8);
    const std::uint64_t quote = x ^ kOnes * '"', escape = x ^ kOnes * '\\';
    const std::uint64_t ends =
        (((quote - kOnes) & ~quote) | ((escape - kOnes) & ~escape) | ((x - kOnes * 0x20) & ~x)) & kHighs;
    if (ends != 0) return at - begin + static_cast<std::size_t>(std::countr_zero(ends)) / 8;
    at += 8;
  }
  while (at < text.size() && !kEndsPlainText[static_cast<unsigned char>(text[at])]) ++at;
  return at - begin;
}

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

}  // namespace

std::string_view JsonReader::string() {
  const std::size_t begin = ++at_;
  bool escapes = false;
  for (;;) {
    at_ += plain_bytes(text_, at_);
    if (at_ == text_.size()) fail_here("the end of a string");
    if (text_[at_] == '"') break;
    if (text_[at_] != '\\') {
      fail(at_, fmt::format("control byte {} in a string", printable(text_.substr(at_, 1))),
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
    if (letter != 'u')
      fail(escape, fmt::format("unknown escape \\{}", printable(text_.substr(at - 1, 1))), kNotEscaped);
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
    fail(at, "\\u takes four hex digits", kNotEscaped);
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

double number_of(std::string_view text) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return kInfinity;
  if (text == "-Infinity") return -kInfinity;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  // strtod distinguishes too large from too small; from_chars does not.
  if (error == std::errc::result_out_of_range) return std::strtod(std::string(text).c_str(), nullptr);
  return number;
}

}  // namespace warpgauge
