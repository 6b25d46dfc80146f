#include "kernels/simt/ptx/operands.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "kernels/simt/ptx/declarations.h"
#include "kernels/simt/ptx/numbers.h"

namespace warpgauge::ptx {
namespace {

using Kind = Operand::Kind;

constexpr int kMaximumOperandDepth = 64;

int find_parameter(const std::vector<Variable>& parameters, std::string_view name) {
  const auto found = std::ranges::find(parameters, name, &Variable::name);
  return found == parameters.end() ? -1 : static_cast<int>(found - parameters.begin());
}

}  // namespace

Operand OperandReader::read() {
  Operand first = primary();
  if (!accept(lexer_, '|')) return first;
  Operand pair{.kind = Kind::pair, .position = first.position};
  pair.parts.push_back(std::move(first));
  pair.parts.push_back(primary());
  return pair;
}

Operand OperandReader::primary() {
  const Token& next = lexer_.peek();
  if (next.kind == TokenKind::number) return number(false);
  if (next.kind == TokenKind::identifier) return name();
  const Token token = lexer_.next();
  if (token.is('-')) return number(true);
  if (depth_ == kMaximumOperandDepth) lexer_.fail(token.position, "operands are nested too deeply");
  ++depth_;
  Operand operand = composed(token);
  --depth_;
  return operand;
}

// What begins with punctuation.
Operand OperandReader::composed(const Token& token) {
  if (token.is('[')) return memory();
  if (token.is('{')) return elements(Kind::vector, '}');
  if (token.is('(')) return elements(Kind::list, ')');
  if (token.is('!')) {
    Operand operand = primary();
    operand.negated = true;
    return operand;
  }
  lexer_.fail(token.position, token.kind == TokenKind::end
                                  ? std::string("the instruction has no end")
                                  : fmt::format("expected an operand, found '{}'", token.text));
}

Operand OperandReader::number(bool minus) {
  const Token token = lexer_.next();
  Operand operand{.position = token.position};
  if (const auto integer = parse_integer(token.text)) {
    operand.kind = Kind::integer;
    operand.bits = minus ? std::uint64_t{0} - *integer : *integer;
  } else if (const auto f32 = parse_f32_bits(token.text)) {
    operand.kind = Kind::real32;
    operand.bits = *f32 ^ (minus ? 0x80000000u : 0u);
  } else if (const auto f64 = parse_f64_bits(token.text)) {
    operand.kind = Kind::real64;
    operand.bits = *f64 ^ (minus ? std::uint64_t{1} << 63 : 0);
  } else {
    lexer_.fail(token.position, fmt::format("expected a number, found '{}'", token.text));
  }
  return operand;
}

Operand OperandReader::special(const Token& token) {
  Operand operand{.kind = Kind::special, .name = token.text, .position = token.position};
  if (lexer_.peek().kind == TokenKind::directive && !lexer_.peek().after_space) {
    const std::string_view component = lexer_.next().text;  // follows the name in the text
    operand.name = {token.text.data(), token.text.size() + component.size()};
  }
  return operand;
}

// A name that is declared before it is used. A label may follow its use: it is found by resolve_labels().
Operand OperandReader::known_name(const Token& token) const {
  Operand operand{.position = token.position};
  const auto found = [&](Kind kind, int index) {
    operand.kind = kind;
    operand.index = index;
    return operand;
  };
  if (const auto index = scopes_.find_register(token.text)) return found(Kind::reg, *index);
  if (const auto index = scopes_.find_variable(token.text)) return found(Kind::local, *index);
  if (const int index = find_parameter(function_.parameters, token.text); index >= 0)
    return found(Kind::parameter, index);
  if (const int index = find_parameter(function_.results, token.text); index >= 0)
    return found(Kind::parameter, -1 - index);
  const auto table = std::ranges::find(function_.tables, token.text, &LabelTable::name);
  if (table != function_.tables.end())
    return found(Kind::table, static_cast<int>(table - function_.tables.begin()));
  if (const int index = module_.find_variable(token.text); index >= 0) return found(Kind::global, index);
  if (const int index = module_.find_function(token.text); index >= 0) return found(Kind::function, index);
  operand.kind = Kind::label;
  operand.index = scopes_.block();
  operand.name = token.text;
  return operand;
}

Operand OperandReader::name() {
  Token token = lexer_.next();
  // clang 14 prints labels for debuggers between the operands of a call.
  while (accept(lexer_, ':')) token = lexer_.next();
  if (token.text == "_") return {.kind = Kind::sink, .position = token.position};
  if (token.text == "WARP_SZ") return {.kind = Kind::integer, .bits = 32, .position = token.position};
  if (token.text == "true" || token.text == "false")
    return {.kind = Kind::integer, .bits = token.text == "true", .position = token.position};
  Operand operand = known_name(token);
  if (operand.kind == Kind::label && token.text.starts_with('%')) return special(token);
  add_offset(operand);
  return operand;
}

// "+8" or "-8" after the name of a variable or a register in "[a+8]".
void OperandReader::add_offset(Operand& operand) {
  while (lexer_.peek().is('+') || lexer_.peek().is('-')) {
    const bool minus = lexer_.next().is('-');
    const Operand addend = number(minus != accept(lexer_, '-'));
    if (addend.kind != Kind::integer) lexer_.fail(addend.position, "an offset must be an integer");
    operand.offset += static_cast<std::int64_t>(addend.bits);
  }
}

Operand OperandReader::memory() {
  Operand memory{.kind = Kind::memory, .position = lexer_.peek().position};
  Operand address = primary();
  memory.offset = std::exchange(address.offset, 0);
  memory.parts.push_back(std::move(address));
  if (accept(lexer_, ',')) memory.parts.push_back(primary());
  expect(lexer_, ']', "an address");
  return memory;
}

Operand OperandReader::elements(Kind kind, char end) {
  Operand operand{.kind = kind, .position = lexer_.peek().position};
  if (accept(lexer_, end)) return operand;
  do operand.parts.push_back(read());
  while (accept(lexer_, ','));
  expect(lexer_, end, "a list of operands");
  return operand;
}

void OperandReader::read_table(std::string_view name) {
  const Token directive = lexer_.next();
  PendingTable pending{function_.tables.size(), {}, scopes_.block()};
  function_.tables.push_back({name, {}});
  if (directive.text == ".branchtargets") {
    do pending.targets.push_back(primary());
    while (accept(lexer_, ','));
    tables_.push_back(std::move(pending));
    return expect(lexer_, ';', "the labels");
  }
  while (!lexer_.peek().is(';') && lexer_.peek().kind != TokenKind::end) lexer_.next();
  expect(lexer_, ';', "a prototype");
}

int OperandReader::label(const Operand& name) const {
  const auto found = scopes_.find_label(name.name, name.index);
  if (!found) lexer_.fail(name.position, fmt::format("'{}' is not declared", name.name));
  return *found;
}

void OperandReader::resolve(Operand& operand) {
  for (Operand& part : operand.parts) resolve(part);
  if (operand.kind != Kind::label) return;
  const auto table = std::ranges::find(function_.tables, operand.name, &LabelTable::name);
  if (table == function_.tables.end()) {
    operand.index = label(operand);
    return;
  }
  operand.kind = Kind::table;
  operand.index = static_cast<int>(table - function_.tables.begin());
}

void OperandReader::resolve_labels() {
  for (Instruction& instruction : function_.code)
    for (Operand& operand : instruction.operands) resolve(operand);
  for (PendingTable& pending : tables_)
    for (const Operand& target : pending.targets)
      function_.tables[pending.table].targets.push_back(label(target));
}

}  // namespace warpgauge::ptx
