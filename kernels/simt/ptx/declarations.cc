#include "kernels/simt/ptx/declarations.h"

#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "kernels/simt/ptx/numbers.h"

namespace warpgauge::ptx {
namespace {

// More than the memory of any GPU's shared or constant space; global variables are smaller, too, in practice.
constexpr std::int64_t kMaximumBytes = std::int64_t{1} << 34;

constexpr int kMaximumBraces = 64;  // of braces in an initial value

// What stands before the name.
struct Prefix {
  std::int64_t alignment = 0;
  Type type = Type::b8;
  int elements = 1;  // of a vector
};

void read_pointer_attribute(Lexer& lexer) {  // ".ptr .global .align 8": of parameters, has no effect
  while (lexer.peek().kind == TokenKind::directive) {
    if (lexer.next().text == ".align") read_int(lexer);
  }
}

void read_attribute(Lexer& lexer, const Token& directive) {  // ".attribute(.managed)"
  expect(lexer, '(', directive.text);
  const Token attribute = lexer.next();
  if (!attribute.is_directive(".managed"))
    lexer.fail(attribute.position, fmt::format("the attribute '{}' is not supported", attribute.text));
  expect(lexer, ')', attribute.text);
}

Prefix read_prefix(Lexer& lexer) {
  Prefix prefix;
  bool has_type = false;
  while (lexer.peek().kind == TokenKind::directive) {
    const Token directive = lexer.next();
    const std::string_view word = directive.text.substr(1);
    if (word == "align") {
      prefix.alignment = read_int(lexer);
    } else if (word == "v2" || word == "v4" || word == "v8") {
      prefix.elements = word[1] - '0';
    } else if (word == "attribute") {
      read_attribute(lexer, directive);
    } else if (word == "ptr") {
      read_pointer_attribute(lexer);
    } else if (const auto type = parse_type(word)) {
      prefix.type = *type;
      has_type = true;
    } else {
      lexer.fail(directive.position, fmt::format("'{}' is not supported in a declaration", directive.text));
    }
  }
  if (!has_type) lexer.fail(lexer.peek().position, "expected a type", "for example .b32");
  return prefix;
}

// "[4][2]": the number of elements; 0 for "[]"; 1 if there is none.
std::int64_t read_extent(Lexer& lexer) {
  std::int64_t extent = 1;
  while (accept(lexer, '[')) {
    extent *= lexer.peek().is(']') ? 0 : read_int(lexer);
    if (extent > kMaximumBytes) lexer.fail(lexer.peek().position, "the array is too large");
    expect(lexer, ']', "a size");
  }
  return extent;
}

// Reads the initial value of a variable.
class InitialValue {
 public:
  InitialValue(Lexer& lexer, Variable& variable) : lexer_(lexer), variable_(variable) {}

  void read() {
    const Token token = lexer_.peek();
    if (!accept(lexer_, '{')) return element();
    if (accept(lexer_, '}')) return;
    if (++depth_ > kMaximumBraces) lexer_.fail(token.position, "an initial value is nested too deeply");
    do read();
    while (accept(lexer_, ','));
    --depth_;
    expect(lexer_, '}', "an initial value");
  }

 private:
  void element() {
    const Token token = lexer_.peek();
    const int bytes = type_bytes(variable_.type);
    if (offset_ + bytes > variable_.bytes)
      lexer_.fail(token.position, fmt::format("'{}' has more initial values than elements", variable_.name));
    if (token.kind == TokenKind::identifier)
      address();
    else
      number(bytes);
    offset_ += bytes;
  }

  // "name", "name+8", "generic(name)+8"
  void address() {
    AddressValue value{offset_, lexer_.next().text, 0, false};
    if (value.symbol == "generic" && accept(lexer_, '(')) {
      value.generic = true;
      value.symbol = lexer_.next().text;
      if (accept(lexer_, '+')) value.addend = read_int(lexer_);
      expect(lexer_, ')', "generic");
    }
    if (accept(lexer_, '+')) value.addend += read_int(lexer_);
    if (type_bytes(variable_.type) != 8)
      lexer_.fail(variable_.position,
                  fmt::format("the address of '{}' as an initial value needs 8 bytes", value.symbol));
    variable_.addresses.push_back(value);
  }

  void number(int bytes) {
    const bool minus = accept(lexer_, '-');
    const Token token = lexer_.next();
    std::uint64_t bits = 0;
    if (const auto integer = parse_integer(token.text))
      bits = minus ? std::uint64_t{0} - *integer : *integer;
    else if (const auto f32 = parse_f32_bits(token.text))
      bits = *f32;
    else if (const auto f64 = parse_f64_bits(token.text))
      bits = *f64;
    else
      lexer_.fail(token.position, fmt::format("expected an initial value, found '{}'", token.text));
    std::vector<std::uint8_t>& initial = variable_.initial;
    const auto begin = static_cast<std::size_t>(offset_);
    initial.resize(begin + static_cast<std::size_t>(bytes));
    std::memcpy(initial.data() + begin, &bits, static_cast<std::size_t>(std::min(bytes, 8)));
  }

  Lexer& lexer_;
  Variable& variable_;
  std::int64_t offset_ = 0;
  int depth_ = 0;
};

Variable read_variable(Lexer& lexer, Space space, const Prefix& prefix, bool is_extern) {
  const Token name = lexer.next();
  if (name.kind != TokenKind::identifier)
    lexer.fail(name.position, fmt::format("expected a name, found '{}'", name.text));
  const int element = type_bytes(prefix.type) * prefix.elements;
  Variable variable{.name = name.text,
                    .space = space,
                    .type = prefix.type,
                    .alignment = prefix.alignment > 0 ? prefix.alignment : element,
                    .is_extern = is_extern,
                    .position = name.position};
  variable.bytes = element * read_extent(lexer);
  if (variable.bytes > kMaximumBytes) lexer.fail(name.position, fmt::format("'{}' is too large", name.text));
  return variable;
}

}  // namespace

bool accept(Lexer& lexer, char punctuation) {
  if (!lexer.peek().is(punctuation)) return false;
  lexer.next();
  return true;
}

void expect(Lexer& lexer, char punctuation, std::string_view after) {
  const Token token = lexer.next();
  if (!token.is(punctuation))
    lexer.fail(token.position,
               fmt::format("expected '{}' after {}, found '{}'", punctuation, after,
                           token.kind == TokenKind::end ? "the end of the text" : token.text));
}

std::optional<Space> parse_space(std::string_view directive) {
  constexpr std::pair<std::string_view, Space> kSpaces[] = {{".const", Space::constant},
                                                            {".global", Space::global},
                                                            {".shared", Space::shared},
                                                            {".local", Space::local},
                                                            {".param", Space::param}};
  for (const auto& [name, space] : kSpaces)
    if (name == directive) return space;
  return std::nullopt;
}

std::vector<Variable> read_variables(Lexer& lexer, Space space, bool is_extern) {
  const Prefix prefix = read_prefix(lexer);
  std::vector<Variable> variables;
  do {
    variables.push_back(read_variable(lexer, space, prefix, is_extern));
    if (accept(lexer, '=')) InitialValue(lexer, variables.back()).read();
  } while (accept(lexer, ','));
  expect(lexer, ';', "a declaration");
  return variables;
}

std::vector<Variable> read_parameters(Lexer& lexer) {
  std::vector<Variable> parameters;
  if (!accept(lexer, '(') || accept(lexer, ')')) return parameters;
  do {
    const Token space = lexer.next();
    if (!space.is_directive(".param"))
      lexer.fail(space.position, fmt::format("expected .param, found '{}'", space.text));
    const Prefix prefix = read_prefix(lexer);
    parameters.push_back(read_variable(lexer, Space::param, prefix, false));
  } while (accept(lexer, ','));
  expect(lexer, ')', "the parameters");
  return parameters;
}

}  // namespace warpgauge::ptx
