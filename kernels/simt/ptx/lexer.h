// The words of PTX text, one at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace warpgauge::ptx {

// A place in PTX text, from 1.
struct Position {
  int line = 1;
  int column = 1;

  bool operator==(const Position&) const = default;
};

enum class TokenKind : std::uint8_t {
  identifier,   // "add", "%r1", "$L__BB0_2", "_"
  directive,    // ".global": also each modifier of an opcode, ".L2::128B"
  number,       // "12", "-" is a token of its own, "0x1F", "0f3F800000", "9.0"
  string,       // without its quotes
  punctuation,  // one character
  end,
};

struct Token {
  TokenKind kind = TokenKind::end;
  std::string_view text;  // of the whole PTX text
  Position position;
  bool after_space = false;  // white space, a comment or the beginning of the text precedes it

  bool is(char punctuation) const {
    return kind == TokenKind::punctuation && text.size() == 1 && text[0] == punctuation;
  }
  bool is_directive(std::string_view name) const { return kind == TokenKind::directive && text == name; }
};

class Lexer {
 public:
  // Reads `text`, which must outlive the lexer and its tokens. `name` is the file of error messages.
  Lexer(std::string_view text, std::string name) : text_(text), name_(std::move(name)) { advance(); }

  const Token& peek() const { return token_; }
  Token next();

  // Skips the rest of a debug section: to the brace that closes the one that was read last.
  void skip_braces();

  [[noreturn]] void fail(Position at, std::string_view what, std::string_view hint = {}) const;

 private:
  void advance();
  void skip_space();
  Position position_of(std::size_t at) const { return {line_, static_cast<int>(at - line_begin_) + 1}; }
  std::size_t end_of_word(std::size_t from, bool (*is_part)(char)) const;
  Token take(TokenKind kind, std::size_t end);
  Token quoted();

  std::string_view text_;
  std::string name_;
  std::size_t at_ = 0;          // of the first character after token_
  std::size_t line_begin_ = 0;  // of the line of at_
  int line_ = 1;
  Token token_;
};

}  // namespace warpgauge::ptx
