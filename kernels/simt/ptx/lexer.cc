#include "kernels/simt/ptx/lexer.h"

#include <fmt/format.h>

#include "kernels/simt/ptx/error.h"

namespace warpgauge::ptx {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_name(char c) {
  return is_letter(c) || is_digit(c) || c == '_' || c == '$';
}
bool is_modifier(char c) {
  return is_letter(c) || is_digit(c) || c == '_' || c == ':';
}
bool is_number(char c) {
  return is_letter(c) || is_digit(c) || c == '.';
}
bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v' || c == '\0';
}

}  // namespace

void Lexer::fail(Position at, std::string_view what, std::string_view hint) const {
  throw Error(
      fmt::format("{}:{}:{}: {}{}{}", name_, at.line, at.column, what, hint.empty() ? "" : "; ", hint));
}

Token Lexer::next() {
  Token token = token_;
  advance();
  return token;
}

void Lexer::skip_space() {
  while (at_ < text_.size()) {
    if (text_[at_] == '\n') {
      ++line_;
      line_begin_ = ++at_;
    } else if (is_space(text_[at_])) {
      ++at_;
    } else if (text_.substr(at_, 2) == "//") {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (text_.substr(at_, 2) == "/*") {
      const Position begin = position_of(at_);
      const std::size_t end = text_.find("*/", at_ + 2);
      if (end == std::string_view::npos) fail(begin, "the comment has no end", "add */");
      for (; at_ < end + 2; ++at_)
        if (text_[at_] == '\n') {
          ++line_;
          line_begin_ = at_ + 1;
        }
    } else {
      return;
    }
  }
}

std::size_t Lexer::end_of_word(std::size_t from, bool (*is_part)(char)) const {
  while (from < text_.size() && is_part(text_[from])) ++from;
  return from;
}

Token Lexer::take(TokenKind kind, std::size_t end) {
  const Token token{kind, text_.substr(at_, end - at_), position_of(at_), false};
  at_ = end;
  return token;
}

Token Lexer::quoted() {
  const std::size_t end = text_.find_first_of("\"\n", at_ + 1);
  if (end == std::string_view::npos || text_[end] == '\n')
    fail(position_of(at_), "the string has no end", "add \"");
  Token token = take(TokenKind::string, end + 1);
  token.text = token.text.substr(1, token.text.size() - 2);
  return token;
}

void Lexer::advance() {
  const std::size_t before = at_;
  skip_space();
  const bool after_space = at_ != before || at_ == 0;
  if (at_ == text_.size()) {
    token_ = {TokenKind::end, {}, position_of(at_), after_space};
    return;
  }
  const char c = text_[at_];
  const char second = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
  if (is_digit(c))
    token_ = take(TokenKind::number, end_of_word(at_, is_number));
  else if (is_name(c) || (c == '%' && is_name(second)))
    token_ = take(TokenKind::identifier, end_of_word(at_ + 1, is_name));
  else if (c == '.' && (is_name(second)))
    token_ = take(TokenKind::directive, end_of_word(at_ + 1, is_modifier));
  else if (c == '"')
    token_ = quoted();
  else
    token_ = take(TokenKind::punctuation, at_ + 1);
  token_.after_space = after_space;
}

void Lexer::skip_braces() {
  const Position begin = token_.position;
  for (int depth = 1; depth > 0;) {
    const Token token = next();
    if (token.kind == TokenKind::end) fail(begin, "a section has no end", "add }");
    if (token.is('{')) ++depth;
    if (token.is('}')) --depth;
  }
}

}  // namespace warpgauge::ptx
